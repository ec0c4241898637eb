import { plainText } from '../stats/category-text.ts';

/** The sign before the fraction: `1234.5` and `1,234.5`, or `1234,5` and `1.234,5`. */
export type DecimalSign = '.' | ',';

/** Reads a number; NaN if the text is not one. */
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

/** Hyphen-minus, and the en dash into which word processors turn it. */
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

/** Reads a number whose sign, if any, is before it, or after it as in accounting exports, which also use brackets. */
function readNumber(text: string, decimalSign: DecimalSign): number {
  const first = text.charCodeAt(0);
  if (isMinus(first)) return -readUnsigned(text.slice(1), decimalSign);
  if (first === 0x2b) return readUnsigned(text.slice(1), decimalSign);
  const last = text.charCodeAt(text.length - 1);
  if (first === 0x28 && last === 0x29) return -readUnsigned(text.slice(1, -1).trim(), decimalSign);
  return isMinus(last) ? -readUnsigned(text.slice(0, -1), decimalSign) : readUnsigned(text, decimalSign);
}

const unitSign = /[%\p{Sc}]/u;
/** The position of a unit, and what may surround it: `-$5`, `(5 %)`. */
const unitBefore = /^([-\u2013+(]?) ?\p{Sc} ?/u;
const unitBehind = / ?[%\p{Sc}]([-\u2013)]?)$/u;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Whether a number begins and ends with a digit, as most do: it has no unit then. */
function hasDigitsAtEnds(text: string): boolean {
  const first = text.charCodeAt(0);
  return isDigit(text.charCodeAt(text.length - 1)) && isDigit(isMinus(first) ? text.charCodeAt(1) : first);
}

/** The unit of a number: `%` or a currency sign; empty if there is none. */
export function unitOf(number: string): string {
  return hasDigitsAtEnds(number) ? '' : (unitSign.exec(number)?.[0] ?? '');
}

/** The number without its unit: `12.5 %` is 12.5. */
function withoutUnit(text: string): string {
  if (hasDigitsAtEnds(text) || !unitSign.test(text)) return text;
  return text.replace(unitBehind.test(text) ? unitBehind : unitBefore, '$1');
}

/**
 * Makes the reader of numbers in one notation, with or without grouped thousands, including percentages and amounts of
 * money, with any minus sign and kind of spaces (see `plainText`). Infinity, NaN and hexadecimal numbers are not
 * measurements, so they do not count as numbers.
 */
export function createNumberReader(decimalSign: DecimalSign): NumberReader {
  return (text) => readNumber(withoutUnit(plainText(text)), decimalSign);
}
