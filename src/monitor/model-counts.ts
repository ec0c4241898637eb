import { classesOf } from '../model/output-classes.ts';
import type { Reference } from '../model/reference.ts';
import { createHistogram, type HistogramCounts } from './histogram.ts';

/** Why an input was refused. The first four name the feature at fault; the others concern the whole body. */
const rejectionReasons = {
  feature: ['missing', 'null', 'type', 'too_long'],
  body: [
    'malformed_json',
    'not_an_object',
    'unknown_field',
    'invalid_tensor',
    'invalid_score',
    'invalid_prediction',
    'invalid_key',
    'invalid_time',
    'content_type',
    'content_encoding',
    'too_large',
    'aborted',
  ],
} as const;

/** Why an input, or a feature of it, was refused. */
export type RejectionReason = (typeof rejectionReasons)['feature' | 'body'][number];

/** What is counted for one model version, besides its features and scores. */
export type ModelCounts = {
  /** The classes; a single unnamed one if the reference says nothing about the output. */
  readonly classes: readonly string[];
  /** Predictions by class, in the same order. */
  readonly predictions: Float64Array;
  /** Seconds to score and count one input. */
  readonly predictSeconds: HistogramCounts;
  /** Inputs refused, each once. */
  refused: number;
  /** Faults by feature (empty for the whole body), then by reason. */
  readonly rejections: ReadonlyMap<string, Map<RejectionReason, number>>;
};

const secondsBoundaries = [1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 1e-3, 1e-2, 0.1, 1, 10];

/** Makes the counts of a model version, all at 0. */
export function createModelCounts({ features, output }: Reference): ModelCounts {
  const none = (reasons: readonly RejectionReason[]) => new Map(reasons.map((reason) => [reason, 0]));
  const classes = output === undefined ? [''] : classesOf(output);
  return {
    classes,
    predictions: new Float64Array(classes.length),
    predictSeconds: createHistogram(secondsBoundaries),
    refused: 0,
    rejections: new Map([
      ['', none(rejectionReasons.body)],
      ...features.map(({ name }) => [name, none(rejectionReasons.feature)] as const),
    ]),
  };
}

/** One kind of fault of an input. */
export type CountedFault = {
  /** The model's feature; empty for a fault of the input itself. */
  readonly feature: string;
  readonly code: RejectionReason;
  readonly count: number;
};

/** Counts a refused input, and its faults. */
export function recordRefusal(counts: ModelCounts, faults: readonly CountedFault[]): void {
  counts.refused++;
  for (const { feature, code, count } of faults) recordRejection(counts, feature, code, count);
}

/** Counts faults of a refused input. A feature that the model does not have counts as a fault of the whole body. */
export function recordRejection(
  counts: ModelCounts,
  feature: string,
  reason: RejectionReason,
  faults = 1,
): void {
  const reasons = counts.rejections.get(feature) ?? counts.rejections.get('');
  reasons?.set(reason, (reasons.get(reason) ?? 0) + faults);
}
