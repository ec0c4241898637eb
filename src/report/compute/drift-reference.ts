import { type Artifact, type NumericFeature, scoreFeature } from '../../model/artifact.ts';
import { type FarCounts, noFarValues, referenceSummary } from '../../model/counted.ts';
import { featureBins, isWhole, scoreBins } from '../../model/features.ts';
import type { Bins } from '../../stats/binning.ts';
import { type Bounds, summableBounds } from '../../stats/summable.ts';
import type { NumberColumn } from './number-column.ts';

/** What live values of one variable are compared with. */
export type ReferenceVariable = {
  readonly name: string;
  readonly bins: Bins;
  /** One count a bin, `missing` and `unseen` included. */
  readonly counts: readonly number[];
  /** What a row in each bin brings to the score, where it is known: see `measureEffect`. */
  readonly effects?: readonly number[] | undefined;
  /** Extremes of a numeric variable, where they are known. */
  readonly range: readonly [min: number, max: number] | null;
  /** The values that means hold, of the reference and of live rows. */
  readonly sumBounds: Bounds;
  /** Mean of the values within `sumBounds`. */
  readonly mean: number | null;
  /** How many lie beyond `sumBounds`. */
  readonly far: FarCounts;
  readonly summary: NumericFeature['summary'] | null;
  /** The values themselves, where they are known and not too many. */
  readonly column: NumberColumn | null;
  /** Whether all values are whole numbers, so far as is known. */
  readonly isWhole: boolean;
};

/** What is known of a variable of which there are only counts: a category, or a number by its bins. */
export const onlyCounted: Omit<ReferenceVariable, 'name' | 'bins' | 'counts'> = {
  range: null,
  sumBounds: summableBounds(),
  mean: null,
  far: noFarValues,
  summary: null,
  column: null,
  isWhole: false,
};

/** What live rows are compared with. */
export type DriftReference = {
  /** The training rows, recent traffic that took their place, or a file. */
  readonly origin: 'training' | 'traffic' | 'file';
  readonly samples: number;
  readonly features: readonly ReferenceVariable[];
  /** The columns that its rows have and that are not compared. */
  readonly leftOut: readonly string[];
  readonly score: ReferenceVariable | null;
  /** Share of each predicted class; `null` where it is not known. */
  readonly predictions: ReadonlyMap<string, number> | null;
  /** The model version of its rows, if they tell. */
  readonly version: string | null;
  /** What the reader of the report should know about it. */
  readonly notes: readonly string[];
};

/** The reference that a model brings along: bins and summaries, no values. */
export function artifactReference(artifact: Artifact): DriftReference {
  const { reference } = artifact.output.score;
  return {
    origin: artifact.rebaseline === undefined ? 'training' : 'traffic',
    samples: reference.counts.reduce((sum, count) => sum + count, 0),
    features: artifact.features.map((feature) => {
      const { name } = feature;
      const bins = featureBins(feature);
      const { counts, effects } = feature.reference;
      const common = { ...onlyCounted, name, bins, counts, effects };
      if (feature.kind === 'categorical') return common;
      const { min, max } = feature.summary;
      const range = [min, max] as const;
      const summary = referenceSummary(feature);
      return {
        ...common,
        range,
        sumBounds: summableBounds(range),
        mean: summary?.mean ?? null,
        summary,
        isWhole: isWhole(feature),
      };
    }),
    leftOut: [],
    score: {
      name: scoreFeature,
      bins: scoreBins(artifact),
      counts: reference.counts,
      effects: reference.effects,
      ...onlyCounted,
    },
    predictions: artifact.rebaseline === undefined ? heldOutPredictions(artifact) : null,
    version: artifact.version,
    notes: [],
  };
}

/**
 * The share of each class among the predictions for rows that the model was not fitted on, even within one bin of their
 * scores; `null` where no outcomes were known.
 */
function heldOutPredictions({ output }: Artifact): Map<string, number> | null {
  const { positive, negative, threshold, score } = output;
  if (score.bins === undefined) return null;
  const { edges, counts } = score.bins;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const positives = counts.reduce((sum, count, i) => {
    const lower = edges[i - 1] ?? 0;
    const upper = edges[i] ?? 1;
    return sum + count * Math.min(1, Math.max(0, (upper - threshold.value) / (upper - lower)));
  }, 0);
  return new Map([
    [positive, positives / total],
    [negative, 1 - positives / total],
  ]);
}
