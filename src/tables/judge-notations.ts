import { type ColumnEvidence, countEvidence, type Example, readComma, readPoint } from './column-evidence.ts';
import type { Delimiter } from './detect-delimiter.ts';
import type { DecimalSign } from './numbers.ts';

/** How the numbers of a column are written. */
export type Notation = {
  readonly decimalSign: DecimalSign;
  /** The sign of their unit, see `unitOf`. */
  readonly unit: string;
  /** Why its numbers cannot be read for certain, with the line of an example; `null` if they can. */
  readonly problem: {
    readonly line: number;
    readonly message: string;
    /** The same for messages that must not quote values. */
    readonly withoutValues: string;
  } | null;
};

/**
 * Values in another notation up to this share of the conclusive ones are treated as mistakes, and count as not numbers.
 */
const slipShare = 0.01;

const other = { '.': ',', ',': '.' } as const;
const names = { '.': 'decimal point', ',': 'decimal comma' } as const;

type Verdict = DecimalSign | 'ambiguous' | 'silent';

/** What a column shows on its own. */
function judge({ only, ambiguous, small, ungrouped }: ColumnEvidence): Verdict {
  const balance = only[','].count - only['.'].count;
  if (balance !== 0) return balance > 0 ? ',' : '.';
  if (only['.'].count > 0) return 'ambiguous';
  const signs = (['.', ','] as const).filter((sign) => ambiguous[sign].count > 0);
  if (signs.length === 0) return 'silent';
  const [sign] = signs;
  const { count, endsInZero } = ambiguous[sign];
  // Three digits after each sign, and none after smaller numbers: thousands are grouped. Points are usually decimal
  // signs, so more evidence is required for them, and a single mistake does not decide.
  const isGrouped = signs.length === 1 && count >= 2 && small > 0 && ungrouped === 0;
  if (isGrouped && (sign === ',' || (endsInZero && small > slipShare * count))) return other[sign];
  return 'ambiguous';
}

/** How an ambiguous column is read if nothing in the table decides; `undefined` if that would be a guess. */
function usualSign({ ambiguous, ungrouped }: ColumnEvidence, delimiter: Delimiter): DecimalSign | undefined {
  if (ambiguous[','].count === 0) {
    // Fractions that were not cut to three digits hardly ever end in 0, and a table with decimal commas does not use
    // the comma as delimiter.
    const mayBeGrouped = ambiguous['.'].endsInZero && ungrouped === 0 && delimiter !== ',';
    return delimiter === ';' || mayBeGrouped ? undefined : '.';
  }
  // Commas within fields of a comma-separated table were quoted, as programs that group thousands do.
  return ambiguous['.'].count === 0 && delimiter === ',' ? '.' : undefined;
}

type SignNotation = Pick<Notation, 'decimalSign' | 'problem'>;

/**
 * Detects the notation of each column's numbers. A column that does not show its decimal sign follows the other
 * columns, and a table that shows none has decimal points.
 *
 * @param decimalSign the decimal sign of all columns, if it was given
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

/** The unit that most numbers of a column have, which may be none. */
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
  const advice = 'the column does not show which: choose with --decimal . or --decimal ,';
  return {
    line,
    message: `'${text}' is ${readPoint(text)} or ${readComma(text)}, and ${advice}`,
    withoutValues: `a number means one value with a decimal point and another with a decimal comma, and ${advice}`,
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
