import { isMissingText } from '../stats/category-text.ts';
import { cellText } from './cells.ts';
import { createNumberReader, type DecimalSign, unitOf } from './numbers.ts';

/** A value and its line. */
export type Example = { readonly text: string; readonly line: number };

/** Values such as `1,234`, which mean one number if the sign groups thousands, and another if it is a decimal sign. */
type Ambiguous = {
  count: number;
  /** Whether one of them ends in 0, as a fraction hardly ever does while others of its column have no digits behind it. */
  endsInZero: boolean;
  example: Example | undefined;
};

/** What the values of a column say about its kind and its notation. Missing values are not included. */
export type ColumnEvidence = {
  /** Values that are not numbers in either notation, except those that say nothing about the column (see `isMark`). */
  others: number;
  /** Texts such as `NA` that are quoted: if there are any, the ones without quotes are missing. */
  readonly quotedMarks: Set<string>;
  /** Numbers that are the same in both notations. */
  plain: number;
  /** Of these, the whole ones below 1,000 other than 0, and larger ones written without grouping. */
  small: number;
  ungrouped: number;
  /** Numbers only if the point, or the comma, is the decimal sign. */
  readonly only: Record<DecimalSign, { count: number; example: Example | undefined }>;
  /** By the sign that they contain. */
  readonly ambiguous: Record<DecimalSign, Ambiguous>;
  /** Of all these numbers, the ones that have a unit, by its sign. */
  readonly units: Map<string, { count: number; readonly example: Example }>;
};

export function createColumnEvidence(): ColumnEvidence {
  const ambiguous = () => ({ count: 0, endsInZero: false, example: undefined });
  return {
    others: 0,
    quotedMarks: new Set(),
    plain: 0,
    small: 0,
    ungrouped: 0,
    only: { '.': { count: 0, example: undefined }, ',': { count: 0, example: undefined } },
    ambiguous: { '.': ambiguous(), ',': ambiguous() },
    units: new Map(),
  };
}

export const readPoint = createNumberReader('.');
export const readComma = createNumberReader(',');

/** Counts what a cell says. */
export function addEvidence(evidence: ColumnEvidence, cell: string, line: number): void {
  const text = cellText(cell);
  if (isMissingText(text)) {
    if (text !== cell) evidence.quotedMarks.add(text);
    return;
  }
  const point = readPoint(text);
  const comma = readComma(text);
  if (point === comma) {
    addPlain(evidence, point, /\d{4}/.test(text));
  } else if (!Number.isNaN(point) && !Number.isNaN(comma)) {
    addAmbiguous(evidence.ambiguous[text.includes('.') ? '.' : ','], text, line);
  } else if (!Number.isNaN(point) || !Number.isNaN(comma)) {
    const only = evidence.only[Number.isNaN(comma) ? '.' : ','];
    only.count++;
    only.example ??= { text, line };
  } else {
    if (!isMark(text)) evidence.others++;
    return;
  }
  addUnit(evidence.units, text, line);
}

const letterOrDigit = /[\p{L}\p{N}]/u;

/** Whether a text is just a mark such as `-` or `?`, which any kind of column may contain where there is no value. */
export function isMark(text: string): boolean {
  return !letterOrDigit.test(text);
}

function addUnit(units: ColumnEvidence['units'], text: string, line: number): void {
  const sign = unitOf(text);
  if (sign === '') return;
  const unit = units.get(sign);
  if (unit === undefined) units.set(sign, { count: 1, example: { text, line } });
  else unit.count++;
}

/** Counts a number that both notations write alike. */
export function addPlain(evidence: ColumnEvidence, value: number, isUngrouped: boolean): void {
  evidence.plain++;
  if (isUngrouped) evidence.ungrouped++;
  else if (value !== 0 && Number.isInteger(value) && Math.abs(value) < 1000) evidence.small++;
}

function addAmbiguous(ambiguous: Ambiguous, text: string, line: number): void {
  ambiguous.count++;
  ambiguous.endsInZero ||= /0\D*$/.test(text);
  ambiguous.example ??= { text, line };
}

/** The number of values that show what a column is, and how many of them are numbers in some notation. */
export function countEvidence(evidence: ColumnEvidence): { present: number; numbers: number } {
  const { others, plain, only, ambiguous } = evidence;
  const numbers = plain + only['.'].count + only[','].count + ambiguous['.'].count + ambiguous[','].count;
  return { present: others + numbers, numbers };
}
