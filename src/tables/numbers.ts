import { plainText } from '../stats/category-text.ts';

/** The sign before the fraction: `1234.5` and `1,234.5`, or `1234,5` and `1.234,5`. */
export type DecimalSign = '.' | ',';

/** Reads a number; NaN when the text is none. */
export type NumberReader = (text: string) => number;

/** A plain fraction, perhaps with an exponent, by its decimal sign. */
const fractions = {
  '.': /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
  ',': /^(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i,
} as const;

/**
 * Thousands grouped by one kind of sign: a comma or a point where that is not the decimal sign, an apostrophe, a space.
 * The first group cannot be zero: `0,123` is a fraction.
 */
const grouped = {
  '.': /^[1-9]\d{0,2}([,'’ ])\d{3}(\1\d{3})*(\.\d*)?$/,
  ',': /^[1-9]\d{0,2}([.'’ ])\d{3}(\1\d{3})*(,\d*)?$/,
} as const;

/** Lakhs and crores: groups of two before the last one of three. */
const groupedInTwos = /^[1-9]\d?(,\d{2})+,\d{3}(\.\d*)?$/;

const groupingSigns = { '.': /[,'’ ]/g, ',': /[.'’ ]/g } as const;

/** Hyphen-minus, and the en dash that word processors make of it. */
function isMinus(code: number): boolean {
  return code === 0x2d || code === 0x2013;
}

function readUnsigned(text: string, decimalSign: DecimalSign): number {
  const isFraction = fractions[decimalSign].test(text);
  if (!isFraction && !grouped[decimalSign].test(text) && !(decimalSign === '.' && groupedInTwos.test(text))) {
    return Number.NaN;
  }
  const digits = isFraction ? text : text.replace(groupingSigns[decimalSign], '');
  const value = Number(decimalSign === ',' ? digits.replace(',', '.') : digits);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Reads a number whose sign, if any, stands before it, or behind it as in exports of accounts. */
function readNumber(text: string, decimalSign: DecimalSign): number {
  const first = text.charCodeAt(0);
  if (isMinus(first)) return -readUnsigned(text.slice(1), decimalSign);
  if (first === 0x2b) return readUnsigned(text.slice(1), decimalSign);
  return isMinus(text.charCodeAt(text.length - 1))
    ? -readUnsigned(text.slice(0, -1), decimalSign)
    : readUnsigned(text, decimalSign);
}

const percentSign = 0x25;

/** A percentage without its sign, which is a unit like others: `12.5 %` is 12.5. */
function withoutPercent(text: string): string {
  return text.charCodeAt(text.length - 1) === percentSign ? text.slice(0, -1).trimEnd() : text;
}

/**
 * Makes the reader of numbers in one notation, thousands grouped or not, percentages too, with any minus sign and kind of
 * spaces (see `plainText`). Infinity, NaN and hexadecimal numbers are no measurements, and so are none.
 */
export function createNumberReader(decimalSign: DecimalSign): NumberReader {
  return (text) => readNumber(withoutPercent(plainText(text)), decimalSign);
}
