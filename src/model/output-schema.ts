import { z } from 'zod';
import { count, counts, edges, effects, name, share } from './artifact-parts.ts';

/** The most score bins that an artifact has. */
export const maxScoreBins = 50;

const estimate = z
  .strictObject({ value: z.number(), standardError: z.number().min(0) })
  .describe('A figure on rows that the model was not fitted on, and its standard error for this many rows');

/** How well the model did on rows that it was not fitted on. */
export const evaluation = z
  .strictObject({
    protocol: z
      .discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('cross-validation'),
          folds: count.min(2),
          repeats: count.min(1),
          seed: z.int(),
        }),
        z.strictObject({ kind: z.literal('held-out'), rows: count.min(2) }),
      ])
      .describe(
        'Stratified cross-validation, with figures averaged over the folds; or a single evaluation on held-out rows',
      ),
    rocAuc: estimate,
    accuracy: estimate,
    logLoss: estimate,
    brier: estimate,
    precision: estimate,
    recall: estimate,
    f1: estimate,
  })
  .describe('Absent if the outcomes of the rows were not known');

const binaryOutput = z
  .strictObject({
    kind: z.literal('binary'),
    column: z.exactOptional(name).describe('Column of the outcome in tables; absent if there was none'),
    positive: name,
    negative: name,
    threshold: z
      .strictObject({ value: z.number().gt(0).lt(1), reason: z.string() })
      .describe('The positive class is predicted when its probability is at least this'),
    score: z.strictObject({
      reference: z
        .strictObject({
          edges,
          counts: counts.describe('One count per value bin, then missing (0)'),
          effects,
        })
        .describe('Scores of the reference rows'),
      bins: z
        .exactOptional(
          z.strictObject({
            edges: edges.max(maxScoreBins - 1),
            counts: z.array(count).max(maxScoreBins).describe('One count per bin of the edges'),
            positives: z.array(count),
            expected: z.array(z.number().min(0)).describe('Sum of the calibrated probabilities in each bin'),
          }),
        )
        .describe(
          'Scores of rows that the model was not fitted on, with their outcomes: out of fold in the first repeat of a cross-validation, or of rows held out. In files of version 1 the bins are fifty of equal width, from 0 to 1. Absent if no outcomes were known',
        ),
    }),
    calibration: z
      .exactOptional(z.strictObject({ scores: z.array(share).min(1), probabilities: z.array(share).min(1) }))
      .describe(
        'Isotonic fit of the outcome on the scores of `score.bins`: knots, linear between them and constant beyond the ends. Absent if no outcomes were known',
      ),
  })
  .refine((output) => output.positive !== output.negative, {
    path: ['negative'],
    message: 'must differ from the positive class',
  })
  .describe('A binary output: one of two classes, by the probability of the positive one');

/** The output of a model, by kind. */
export const output = z.discriminatedUnion('kind', [binaryOutput]).describe('The output of the model');
