import type { Coverages } from '../monitor/performance-coverage.ts';
import type { Bin } from '../stats/binning.ts';
import type { FollowedModel } from './followed-model.ts';
import type { LeftOut } from './left-out.ts';

/** Rows whose outcome is known, column by column. */
export type LabelledRows = {
  /** P(positive class). */
  readonly scores: ArrayLike<number> & Iterable<number>;
  /** 1 for positive, 0 for negative; parallel to `scores`, like all that follow. */
  readonly predictions: ArrayLike<number>;
  readonly outcomes: ArrayLike<number>;
  /** For each feature to slice by, the bin of every row; `null` where it is not known. */
  readonly slices: ReadonlyMap<string, readonly (Bin | null)[]>;
};

/** Median and 95th percentile, in days. */
export type Delay = { readonly p50Days: number; readonly p95Days: number };

/** Labelled rows with what was met on the way to them. */
export type LabelledData = LabelledRows & {
  /** What the rows are, in words. */
  readonly source: string;
  /** How many of the predictions have an outcome; `null` when only labelled rows are known. */
  readonly coverage: Coverages | null;
  /** How long after their predictions the outcomes came; `null` where that is not known. */
  readonly delay: Delay | null;
  /** Versions that the model has followed as their shadow, in the order of their first row; only of joined samples. */
  readonly followed: readonly FollowedModel[];
  /** Rows that are not among them, by reason; only of labelled rows. */
  readonly leftOut: readonly LeftOut[];
  /** What a reader of the figures should know: what was left out, and why. */
  readonly notes: readonly string[];
};

/** Collects labelled rows. */
export type RowCollector = LabelledRows & {
  readonly rows: number;
  add(score: number, prediction: number, outcome: number, bins: readonly (Bin | null)[]): void;
};

/** @param features to slice by, in the order in which `add` gets the bins */
export function collectRows(features: readonly string[]): RowCollector {
  const scores: number[] = [];
  const predictions: number[] = [];
  const outcomes: number[] = [];
  const slices = new Map(features.map((feature) => [feature, [] as (Bin | null)[]]));
  return {
    scores,
    predictions,
    outcomes,
    slices,
    get rows() {
      return scores.length;
    },
    add(score, prediction, outcome, bins) {
      scores.push(score);
      predictions.push(prediction);
      outcomes.push(outcome);
      for (const [i, feature] of features.entries()) slices.get(feature)?.push(bins[i]);
    },
  };
}
