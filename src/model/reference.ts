import type { Bins, NumericBins } from '../stats/binning.ts';
import type { SegmentReference } from './segments.ts';

/** What one variable looked like in the data the model was made from. */
export type VariableReference = {
  readonly name: string;
  readonly bins: Bins;
  /**
   * One count per bin, including `missing` and `unseen`, in the order of `binLabels`. For categories, these are the
   * counts to expect among as many new rows.
   */
  readonly counts: readonly number[];
  /**
   * Smallest and largest reference value of a numeric variable. Values beyond these are counted as outside the range,
   * and excluded from sums if they are far beyond.
   */
  readonly range?: readonly [min: number, max: number];
  /**
   * What a row in each bin adds to the score, parallel to `counts`: see `measureEffect`. Without it no effect is known.
   */
  readonly effects?: readonly number[];
};

/** The output of a model, and how a score becomes a prediction. */
export type ReferenceOutput = {
  readonly negative: string;
  readonly positive: string;
  /** The positive class is predicted from this score on. */
  readonly threshold: number;
  /** The column that it predicts, if it has a name. */
  readonly column?: string;
};

/** What a monitor compares live traffic with. It is independent of where the score comes from. */
export type Reference = {
  readonly model: string;
  readonly version: string;
  /** Without it, predictions are not counted by class. */
  readonly output?: ReferenceOutput;
  /** Identifies the data that the model was made from. */
  readonly dataDigest?: string;
  readonly features: readonly VariableReference[];
  /** The model's output, monitored as if it were a feature. */
  readonly score: VariableReference & { readonly bins: NumericBins };
  /** What each segment of some categorical features looked like; without them no segments are watched. */
  readonly segments?: readonly SegmentReference[];
};
