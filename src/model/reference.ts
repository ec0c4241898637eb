import type { Bins, NumericBins } from '../stats/binning.ts';
import type { SegmentReference } from './segments.ts';

/** What one variable looked like in the data the model was made from. */
export type VariableReference = {
  readonly name: string;
  readonly bins: Bins;
  /**
   * One count a bin, `missing` and `unseen` included, in the order of `binLabels`. Those of categories are what to expect
   * of as many new rows.
   */
  readonly counts: readonly number[];
  /**
   * Least and greatest reference value of a numeric variable. Values beyond are counted as outside the range, and left out
   * of sums where they are far beyond.
   */
  readonly range?: readonly [min: number, max: number];
  /** What a row in each bin brings to the score, parallel to `counts`: see `measureEffect`. Without it no effect is known. */
  readonly effects?: readonly number[];
};

/** What a model puts out, and how a score becomes a prediction. */
export type ReferenceOutput = {
  readonly negative: string;
  readonly positive: string;
  /** The positive class is predicted from this score on. */
  readonly threshold: number;
  /** The column that it predicts, where it has a name. */
  readonly column?: string;
};

/** What a monitor compares live traffic with. Nothing in it says where the score comes from. */
export type Reference = {
  readonly model: string;
  readonly version: string;
  /** Without it predictions are counted together, not by class. */
  readonly output?: ReferenceOutput;
  /** Says which data the model was made from. */
  readonly dataDigest?: string;
  readonly features: readonly VariableReference[];
  /** The model's output, monitored as if it were a feature. */
  readonly score: VariableReference & { readonly bins: NumericBins };
  /** What each segment of some categorical features looked like; without them no segments are watched. */
  readonly segments?: readonly SegmentReference[];
};
