import type { Output } from '../model/artifact-schema.ts';
import { maxScoreBins } from '../model/output-schema.ts';
import { numericBinIndex } from '../stats/binning.ts';
import { type CalibrationCurve, interpolateCurve } from '../stats/isotonic-regression.ts';
import { rankSorted } from '../stats/quantile-edges.ts';
import { shortestDecimal } from '../stats/shortest-decimal.ts';

/**
 * Edges that cut out-of-fold scores into bins of about equally many rows, so that they are fine enough even for a model
 * whose scores lie close together, as they do when positives are rare.
 *
 * Each edge lies between two neighbouring scores; equal ones merge. The outermost bins hold none of the scores: the
 * first ends at half the lowest score, the last begins halfway between the highest score and 1. They count live scores
 * for which the calibration has no rows. A score of 0 or 1 leaves no room for such a bin.
 *
 * @returns at most `maxScoreBins − 1` edges, strictly ascending
 */
function scoreBinEdges(scores: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(scores).sort();
  const { length, countUpTo } = rankSorted(sorted);
  if (length === 0) return [];
  const edges: number[] = [];
  const add = (edge: number) => {
    if (edges.length === 0 || edge > edges[edges.length - 1]) edges.push(edge);
  };
  const least = Number((sorted[0] / 2).toPrecision(3));
  if (least > 0 && least < sorted[0]) add(least);
  const inner = maxScoreBins - 2;
  for (let i = 1; i < inner; i++) {
    const below = sorted[Math.max(0, Math.ceil((length * i) / inner) - 1)];
    const next = countUpTo(below);
    if (next < length) add(edgeBetween(below, sorted[next]));
  }
  const greatest = Number((1 - (1 - sorted[length - 1]) / 2).toPrecision(12));
  if (greatest < 1 && greatest > sorted[length - 1]) add(greatest);
  return edges;
}

/** The shortest decimal near the middle of two numbers. */
function edgeBetween(below: number, above: number): number {
  const middle = below + (above - below) / 2;
  return shortestDecimal(middle, (edge) => edge > below && edge < above);
}

/**
 * Counts out-of-fold scores, their positive outcomes and their calibrated probabilities by bin.
 *
 * @param outcomes parallel to `scores`; 1 for positive, 0 for negative
 */
export function binScores(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  calibration: CalibrationCurve,
): NonNullable<Output['score']['bins']> {
  const edges = scoreBinEdges(scores);
  const [counts, positives, expected] = [0, 1, 2].map(() => new Array<number>(edges.length + 1).fill(0));
  for (let i = 0; i < scores.length; i++) {
    const bin = numericBinIndex(edges, scores[i]);
    counts[bin]++;
    positives[bin] += outcomes[i];
    expected[bin] += interpolateCurve(calibration, scores[i]);
  }
  return { edges, counts, positives, expected };
}
