import { isMissingText } from '../stats/category-text.ts';
import { cellText } from './cells.ts';
import type { Delimiter } from './detect-delimiter.ts';
import { createNumberReader, type DecimalSign, unitOf } from './numbers.ts';

/** A value and the line it stands on. */
type Example = { readonly text: string; readonly line: number };

/** Values such as `1,234`, which are one number if their sign groups thousands, and another if it is a decimal sign. */
type Ambiguous = {
  count: number;
  /** Whether one of them ends in 0, as a fraction hardly ever does while others of its column have no digits behind it. */
  endsInZero: boolean;
  example: Example | undefined;
};

/** What the values of a column say about its kind and its notation. Values that are missing are not in it. */
export type ColumnEvidence = {
  /** Values that are no numbers in either notation. */
  others: number;
  /** Texts such as `NA` that are quoted: where they are, the ones without quotes are missing. */
  readonly quotedMarks: Set<string>;
  /** Numbers that are the same in both notations. */
  plain: number;
  /** Of these the whole ones below 1,000 other than 0, and the ones above written without grouping. */
  small: number;
  ungrouped: number;
  /** Numbers only if the point, or the comma, is the decimal sign. */
  readonly only: Record<DecimalSign, { count: number; example: Example | undefined }>;
  /** By the sign that they hold. */
  readonly ambiguous: Record<DecimalSign, Ambiguous>;
  /** Of all these numbers the ones that have a unit, by its sign. */
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

const readPoint = createNumberReader('.');
const readComma = createNumberReader(',');

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
    evidence.others++;
    return;
  }
  addUnit(evidence.units, text, line);
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

/** Values that are not missing, and how many of them are numbers in some notation. */
export function countEvidence(evidence: ColumnEvidence): { present: number; numbers: number } {
  const { others, plain, only, ambiguous } = evidence;
  const numbers = plain + only['.'].count + only[','].count + ambiguous['.'].count + ambiguous[','].count;
  return { present: others + numbers, numbers };
}

/** How the numbers of a column are written. */
export type Notation = {
  readonly decimalSign: DecimalSign;
  /** The sign of its unit, see `unitOf`. */
  readonly unit: string;
  /** Why its numbers cannot be read for certain, with the line of an example; `null` where they can. */
  readonly problem: {
    readonly line: number;
    readonly message: string;
    /** The same where values must not be quoted. */
    readonly withoutValues: string;
  } | null;
};

/** Values of another notation are single slips up to this share of those that tell, and count as no numbers. */
const slipShare = 0.01;

const other = { '.': ',', ',': '.' } as const;
const names = { '.': 'decimal point', ',': 'decimal comma' } as const;

type Verdict = DecimalSign | 'ambiguous' | 'silent';

/** What a column says by itself. */
function judge({ only, ambiguous, small, ungrouped }: ColumnEvidence): Verdict {
  const balance = only[','].count - only['.'].count;
  if (balance !== 0) return balance > 0 ? ',' : '.';
  if (only['.'].count > 0) return 'ambiguous';
  const signs = (['.', ','] as const).filter((sign) => ambiguous[sign].count > 0);
  if (signs.length === 0) return 'silent';
  const [sign] = signs;
  const { count, endsInZero } = ambiguous[sign];
  // Three digits behind each sign, and none behind smaller numbers: thousands are grouped. Points are decimal signs
  // more often than not, so more is asked of them.
  const isGrouped = signs.length === 1 && count >= 2 && small > 0 && ungrouped === 0;
  if (isGrouped && (sign === ',' || endsInZero)) return other[sign];
  return 'ambiguous';
}

/** How an ambiguous column is read if nothing in the table tells; `undefined` where that would be a guess. */
function usualSign({ ambiguous, ungrouped }: ColumnEvidence, delimiter: Delimiter): DecimalSign | undefined {
  if (ambiguous[','].count === 0) {
    // Fractions that were not cut to three digits hardly ever end in 0, and a table with decimal commas has another
    // delimiter than the comma.
    const mayBeGrouped = ambiguous['.'].endsInZero && ungrouped === 0 && delimiter !== ',';
    return delimiter === ';' || mayBeGrouped ? undefined : '.';
  }
  // Commas within fields of a table that commas separate were quoted, as programs do that group thousands.
  return ambiguous['.'].count === 0 && delimiter === ',' ? '.' : undefined;
}

type SignNotation = Pick<Notation, 'decimalSign' | 'problem'>;

/**
 * Finds the notation of each column's numbers. A column that does not show its own decimal sign follows the others of
 * the table, and a table that shows none has decimal points.
 *
 * @param decimalSign that of all columns, where it was given
 */
export function judgeNotations(
  columns: readonly ColumnEvidence[],
  delimiter: Delimiter,
  decimalSign?: DecimalSign,
): Notation[] {
  const signs =
    decimalSign === undefined
      ? judgeSigns(columns, delimiter)
      : columns.map((column) => ({ decimalSign, problem: findMixture(column, decimalSign, true) }));
  return signs.map((notation, i) => {
    const unit = judgeUnit(columns[i]);
    return { ...notation, ...unit, problem: notation.problem ?? unit.problem };
  });
}

function judgeSigns(columns: readonly ColumnEvidence[], delimiter: Delimiter): SignNotation[] {
  const verdicts = columns.map(judge);
  const balance = verdicts.reduce(
    (sum, verdict) => sum + (verdict === ',' ? 1 : verdict === '.' ? -1 : 0),
    0,
  );
  const tableSign = balance === 0 ? undefined : balance > 0 ? ',' : '.';
  return columns.map((column, i): SignNotation => {
    const verdict = verdicts[i];
    if (verdict === 'silent') return { decimalSign: tableSign ?? '.', problem: null };
    if (verdict !== 'ambiguous')
      return { decimalSign: verdict, problem: findMixture(column, verdict, false) };
    const sign = column.only['.'].count === 0 ? (tableSign ?? usualSign(column, delimiter)) : undefined;
    return sign === undefined
      ? { decimalSign: '.', problem: describeAmbiguity(column) }
      : { decimalSign: sign, problem: null };
  });
}

/** The unit that most numbers of a column have, be it none. */
function judgeUnit(column: ColumnEvidence): Pick<Notation, 'unit' | 'problem'> {
  const { numbers } = countEvidence(column);
  let [unit, most] = ['', numbers];
  for (const { count } of column.units.values()) most -= count;
  for (const [sign, { count }] of column.units) if (count > most) [unit, most] = [sign, count];
  if (numbers - most <= slipShare * numbers) return { unit, problem: null };
  const [[sign, { count, example }]] = column.units;
  const fault = `has the sign ${sign}, but not all numbers of the column have it (${count} of ${numbers}): write them in one unit`;
  return {
    unit,
    problem: {
      line: example.line,
      message: `'${example.text}' ${fault}`,
      withoutValues: `a number ${fault}`,
    },
  };
}

function describeAmbiguity({ ambiguous, only }: ColumnEvidence): Notation['problem'] {
  const [point, comma] = [only['.'].example, only[','].example];
  if (point !== undefined && comma !== undefined) return describeMixture(comma, ',', point);
  const { text, line } = (ambiguous[','].example ?? ambiguous['.'].example) as Example;
  const advice = 'the column does not show which: say it with --decimal . or --decimal ,';
  return {
    line,
    message: `'${text}' is ${readPoint(text)} or ${readComma(text)}, and ${advice}`,
    withoutValues: `a number is one with a decimal point and another with a decimal comma, and ${advice}`,
  };
}

function findMixture({ only }: ColumnEvidence, sign: DecimalSign, isGiven: boolean): Notation['problem'] {
  const { count, example } = only[other[sign]];
  if (example === undefined || count <= slipShare * (count + only[sign].count)) return null;
  if (!isGiven) return describeMixture(example, other[sign], only[sign].example as Example);
  const fault = `has a ${names[other[sign]]}, which --decimal ${sign} excludes`;
  return {
    line: example.line,
    message: `'${example.text}' ${fault}`,
    withoutValues: `a number ${fault}`,
  };
}

function describeMixture(odd: Example, sign: DecimalSign, usual: Example): Notation['problem'] {
  const fault = (one: string, others: string) =>
    `${one} has a ${names[sign]}, but ${others} on line ${usual.line} a ${names[other[sign]]}: write all numbers in one notation`;
  return {
    line: odd.line,
    message: fault(`'${odd.text}'`, `'${usual.text}'`),
    withoutValues: fault('a number', 'that'),
  };
}
