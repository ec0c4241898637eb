import type { Output } from '../model/artifact.ts';
import type { BinaryClasses } from '../model/output-classes.ts';
import { readProbability } from '../model/probability.ts';
import type { Column } from '../profile/columns.ts';
import { boundThreshold, chooseThreshold } from '../profile/find-threshold.ts';
import { canShowDrift } from '../profile/smallest-detectable-drift.ts';
import { formatAmount } from '../text/format.ts';
import { readClasses, readOutcomes, readPredictions } from './read-classes.ts';
import {
  type ColumnChoice,
  placeOf,
  quoteCell,
  readColumns,
  readNumbers,
  requireColumns,
  type TextColumn,
  type TextTable,
} from './read-columns.ts';
import { cautionsOn, type FeatureOptions, readFeature } from './read-feature.ts';
import { RefusedColumn, readAllColumns } from './refused-columns.ts';

export type ScoredRowsOptions = FeatureOptions & {
  readonly score: string;
  readonly prediction?: string | undefined;
  readonly target?: string | undefined;
  /** Of the target, or of the predictions where there is no target; where there is neither, only what it is called. */
  readonly positive: string;
  /** The other class. By default it is read from the target, or from predictions of both classes; otherwise it is required. */
  readonly negative?: string | undefined;
  /** By default derived from the predictions, or the default threshold if there are none. */
  readonly threshold?: Output['threshold'] | undefined;
  /** Columns that are no features. */
  readonly exclude: readonly string[];
  readonly decimalSign?: ColumnChoice['decimalSign'];
  readonly na?: ColumnChoice['na'];
};

/** Rows that a model has scored. */
export type ScoredRows = {
  readonly columns: readonly Column[];
  readonly scores: Float64Array;
  readonly classes: BinaryClasses;
  /** Absent where it was not given and there are no predictions. */
  readonly threshold?: Output['threshold'];
  /** 1 for positive, 0 for negative; absent without a target. */
  readonly outcomes?: Uint8Array;
  readonly dataDigest: string;
};

/** The columns to read. @throws Error for one that is not in the header, and without a feature */
function selectColumns(path: string, header: readonly string[], options: ScoredRowsOptions): string[] {
  const { score, prediction, target, exclude, categorical, allowIds } = options;
  const told = [score, prediction, target].filter((column) => column !== undefined);
  requireColumns(path, header, [...told, ...exclude, ...categorical, ...allowIds]);
  const features = header.filter((column) => !told.includes(column) && !exclude.includes(column));
  if (features.length === 0) throw new Error(`${path}:1: no column is left as a feature`);
  return [...told, ...features];
}

function readScores(table: TextTable, column: TextColumn): Float64Array {
  const scores = readNumbers(table, column).map((said, row) => {
    if (said === null) {
      throw new Error(`${placeOf(table, column, row)}the score is missing: leave out rows without one`);
    }
    const score = readProbability(said);
    if (score !== undefined) return score;
    throw new Error(
      `${placeOf(table, column, row)}the score is ${quoteCell(column, row)}, and must be the probability of the positive class, from 0 to 1`,
    );
  });
  if (scores.every((score) => score === scores[0])) {
    throw new Error(
      `${placeOf(table, column, 0)}the score is constant, always ${quoteCell(column, 0)}: there is nothing in it to watch`,
    );
  }
  return Float64Array.from(scores);
}

/** Scores that are rounded in one column may differ by so much from those in the other. */
const copyTolerance = 1e-6;

/**
 * Refuses a column that is the score once more, or the probability of the other class, which programs write beside it. It
 * is no feature, and would hide that the others have moved.
 */
function refuseCopy(column: Column, scores: Float64Array): void {
  if (column.kind !== 'numeric') return;
  const isAlways = (read: (score: number) => number) =>
    column.values.every((value, row) => Math.abs(value - read(scores[row])) <= copyTolerance);
  const what = isAlways((score) => score)
    ? 'the score'
    : isAlways((score) => 1 - score)
      ? '1 less the score'
      : null;
  if (what === null) return;
  throw new RefusedColumn(`is ${what} in every row`);
}

/**
 * The threshold that the predictions were made with.
 *
 * @param given what it is said to be
 * @throws Error naming a row for predictions that no threshold, or not the one given, turns the scores into
 */
function readThreshold(
  table: TextTable,
  { score, prediction }: { readonly score: TextColumn; readonly prediction: TextColumn },
  scores: Float64Array,
  predictions: Uint8Array,
  { positive, negative }: BinaryClasses,
  given: Output['threshold'] | undefined,
): Output['threshold'] {
  const { leastPositive, greatestNegative } = boundThreshold(scores, predictions);
  const told = (row: number) =>
    `the score ${quoteCell(score, row)} is predicted '${row === leastPositive ? positive : negative}'`;
  const place = (row: number) => placeOf(table, prediction, row);
  if (given !== undefined) {
    const { value } = given;
    const isBelow = leastPositive >= 0 && scores[leastPositive] < value;
    if (isBelow || (greatestNegative >= 0 && scores[greatestNegative] >= value)) {
      const row = isBelow ? leastPositive : greatestNegative;
      throw new Error(
        `${place(row)}${told(row)}, which --threshold ${value} does not do: correct it, or leave out --prediction`,
      );
    }
    return given;
  }
  if (leastPositive < 0 || greatestNegative < 0) {
    const only = leastPositive < 0 ? negative : positive;
    throw new Error(
      `${place(0)}every prediction is '${only}', which does not show the threshold: give it with --threshold`,
    );
  }
  if (!(scores[leastPositive] > scores[greatestNegative])) {
    throw new Error(
      `${place(leastPositive)}${told(leastPositive)}, but on line ${table.lines[greatestNegative]} ${told(greatestNegative)}: no threshold makes these predictions; leave out --prediction, and give a --threshold`,
    );
  }
  return {
    value: chooseThreshold(scores[greatestNegative], scores[leastPositive]),
    reason: `found in the predictions, which are '${positive}' from ${scores[leastPositive]} on and '${negative}' up to ${scores[greatestNegative]}`,
  };
}

/**
 * Reads rows with the scores that a model gave them from a file of delimited text.
 *
 * @param makeOptions gets the names of the columns
 * @throws Error `file:line: column name: …` for anything that would make a wrong or useless model file, and what
 * `makeOptions` throws
 */
export async function readScoredRows<Options extends ScoredRowsOptions>(
  path: string,
  makeOptions: (header: readonly string[]) => Options,
): Promise<{ readonly rows: ScoredRows; readonly options: Options; readonly cautions: readonly string[] }> {
  const table = await readColumns(path, (header, name) => {
    const options = makeOptions(header);
    return {
      columns: selectColumns(name, header, options),
      decimalSign: options.decimalSign,
      na: options.na,
      options,
    };
  });
  const { options } = table.choice;
  if (!canShowDrift(table.lines.length)) {
    throw new Error(
      `${table.path}: has ${formatAmount(table.lines.length, 'row')}, too few: no shift of a feature could be distinguished from chance`,
    );
  }
  const [score, ...others] = table.columns;
  const prediction = options.prediction === undefined ? undefined : others.shift();
  const target = options.target === undefined ? undefined : others.shift();
  const scores = readScores(table, score);
  const outcomes = target && readOutcomes(table, target, options.positive);
  const { negative: named } = options;
  const known =
    outcomes ?? (named === undefined ? undefined : { positive: options.positive, negative: named });
  const predictions =
    prediction &&
    (known === undefined
      ? readClasses(table, prediction, 'prediction', options.positive)
      : { ...known, isPositive: readPredictions(table, prediction, known) });
  // the options name both classes where no column does
  const { positive, negative } = (known ?? predictions) as BinaryClasses;
  const classes = { positive, negative };
  const threshold =
    prediction === undefined || predictions === undefined
      ? options.threshold
      : readThreshold(
          table,
          { score, prediction },
          scores,
          predictions.isPositive,
          classes,
          options.threshold,
        );
  const columns = readAllColumns(table.path, others, (text) => {
    const column = readFeature(table, text, options);
    refuseCopy(column, scores);
    return column;
  });
  return {
    rows: {
      columns,
      scores,
      classes,
      ...(threshold !== undefined && { threshold }),
      ...(outcomes !== undefined && { outcomes: outcomes.isPositive }),
      dataDigest: table.digest,
    },
    options,
    cautions: cautionsOn(others, columns),
  };
}
