import type { Column } from '../profile/columns.ts';
import { boundThreshold } from '../profile/find-threshold.ts';
import { formatNames } from '../text/column-names.ts';
import { formatShare } from '../text/format.ts';

/** By chance a column of one or two such values is easily on one side of a threshold. */
const leastRowsOfValue = 3;
/** In standard errors: what an outcome may differ by from what the scores say of it. */
const maxErrors = 3;
/** In standard errors: how surely the score must tell the two values apart. */
const leastEvidence = 5;
/** Fewer rows do not tell an outcome from a feature that weighs much. */
const leastRowsForOutcome = 500;
/** Scores of models that are used are off by so much, which is beyond chance on many rows. */
const tolerance = { share: 0.02, shareOfPart: 0.05 } as const;
/** Of the rows in the order of their scores. */
const parts = 10;

/** A column with two values and no missing ones. */
type TwoValues = {
  /** As people read them; the second is the one that `isSecond` marks. */
  readonly names: readonly [string, string];
  readonly isSecond: Uint8Array;
};

/**
 * Finds features that look like a column that was not named: the prediction, because a threshold of the score parts
 * its two values in every row, or the outcome, because one of them is as frequent as the scores say.
 *
 * @param columns the features, as they are taken
 * @param scores P(positive class), one a row
 * @param named which of the two columns was named
 * @returns a text for each such feature
 */
export function findForgotten(
  columns: readonly Column[],
  scores: Float64Array,
  named: { readonly prediction: boolean; readonly target: boolean },
): string[] {
  return columns.flatMap((column) => {
    const found = readTwoValues(column);
    if (found === null) return [];
    const option = formatNames([column.name]);
    for (const each of [found, reverse(found)]) {
      const [low, high] = each.names;
      const least = findThreshold(each, scores);
      if (least !== undefined) {
        const name = named.prediction ? '' : `name it with --prediction ${option}, or `;
        return `${column.name} is ${high} wherever the score is ${least} or more, and ${low} everywhere else: if it is the predicted class, ${name}leave it out with --exclude ${option}; it is no feature, and would hide that the others have moved`;
      }
      if (!named.target && isForetold(each, scores)) {
        const share = formatShare(mean(each.isSecond));
        return `${column.name} is ${high} in ${share} of the rows, where the scores say ${formatShare(mean(scores))}, and the more often the higher they are: if it is what became of the rows, name it with --target ${option}, or leave it out with --exclude ${option}`;
      }
    }
    return [];
  });
}

function readTwoValues({ kind, values }: Column): TwoValues | null {
  const [first] = values;
  const isSecond = new Uint8Array(values.length);
  let second: string | number | undefined;
  for (const [row, value] of values.entries()) {
    if (value === null || Number.isNaN(value)) return null;
    if (value === first) continue;
    second ??= value;
    if (value !== second) return null;
    isSecond[row] = 1;
  }
  const count = sum(isSecond);
  if (Math.min(count, values.length - count) < leastRowsOfValue) return null;
  const [low, high] = [first, second].map((value) => (kind === 'numeric' ? `${value}` : `'${value}'`));
  return { names: [low, high], isSecond };
}

function reverse({ names: [first, second], isSecond }: TwoValues): TwoValues {
  return { names: [second, first], isSecond: isSecond.map((value) => 1 - value) };
}

/** The least score of the second value where each of the first has a lower one. */
function findThreshold({ isSecond }: TwoValues, scores: Float64Array): number | undefined {
  const { leastPositive, greatestNegative } = boundThreshold(scores, isSecond);
  return scores[leastPositive] > scores[greatestNegative] ? scores[leastPositive] : undefined;
}

/** Whether the scores are probabilities of the second value: telling, and right on average and in each part of the rows. */
function isForetold({ isSecond }: TwoValues, scores: Float64Array): boolean {
  const rows = scores.length;
  if (rows < leastRowsForOutcome) return false;
  const meanScore = mean(scores);
  const share = mean(isSecond);
  let spread = 0;
  let together = 0;
  for (let row = 0; row < rows; row++) {
    const distance = scores[row] - meanScore;
    spread += distance ** 2;
    together += isSecond[row] * distance;
  }
  if (together < leastEvidence * Math.sqrt(share * (1 - share) * spread)) return false;
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[a] - scores[b]);
  const isRight = (from: number, to: number, tolerance: number) => {
    const part = order.subarray(from, to);
    const observed = mean(Array.from(part, (row) => isSecond[row]));
    const expected = mean(Array.from(part, (row) => scores[row]));
    const error = Math.sqrt(sum(Array.from(part, (row) => scores[row] * (1 - scores[row])))) / part.length;
    return Math.abs(observed - expected) <= Math.max(tolerance, maxErrors * error);
  };
  return (
    isRight(0, rows, tolerance.share) &&
    Array.from({ length: parts }, (_, i) => i).every((i) =>
      isRight(Math.floor((i * rows) / parts), Math.floor(((i + 1) * rows) / parts), tolerance.shareOfPart),
    )
  );
}

function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
