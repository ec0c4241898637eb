import { z } from 'zod';
import { maxMagnitude } from '../stats/summable.ts';

/** The format that this program writes. It rises when an older reader would misread a newer file. */
export const formatVersion = 2;

/**
 * The formats that this program reads, all by one schema: fields that came with a later one are optional. In files of
 * version 1 the score bins are fifty of equal width.
 */
export const readableFormats = [1, formatVersion] as const;

/** The most categories of a feature that training gives a coefficient and a bin of their own, and that may be segments. */
export const maxCategories = 20;

/** The most score bins that an artifact has. */
export const maxScoreBins = 50;

/** The name under which the model's own score is monitored, as if it were a feature. */
export const scoreFeature = '(score)';

const share = z.number().min(0).max(1);
const count = z.int().min(0);
const name = z.string().min(1);
/** A value of a feature, in its own unit. */
const measure = z.number().min(-maxMagnitude).max(maxMagnitude);

const edges = z
  .array(measure)
  .describe(
    'Interior bin edges, strictly ascending; bin i is (edges[i-1], edges[i]], the first and last are open. Two edges close around a frequent value make its bin',
  )
  .superRefine((values, context) => {
    const fault = values.findIndex((value, i) => i > 0 && !(value > values[i - 1]));
    if (fault > 0) {
      context.addIssue({
        code: 'custom',
        path: [fault],
        message: `must be above the edge before it (${values[fault - 1]}), is ${values[fault]}`,
      });
    }
  });

const counts = z.array(count).refine((values) => values.some((value) => value > 0), 'needs at least one row');

const effects = z
  .exactOptional(z.array(z.number()))
  .describe(
    'What a row in each bin brings to the log-odds of the score on average, in their standard deviations over the reference; parallel to counts. Absent in files of version 1',
  );

const percentiles = z.strictObject({
  p1: measure,
  p5: measure,
  p10: measure,
  p25: measure,
  p50: measure,
  p75: measure,
  p90: measure,
  p95: measure,
  p99: measure,
});

/** What is kept of the values of a numeric variable. */
export const summary = z
  .strictObject({
    min: measure,
    max: measure,
    mean: measure,
    deviation: measure.min(0),
    percentiles,
  })
  .describe('Present reference values in their own unit; the deviation divides by n');

const missingLogOdds = z
  .number()
  .nullable()
  .describe(
    'Contribution of a missing value; null when the training rows had none (then the feature is required)',
  );
const meanContribution = z
  .number()
  .describe('Mean contribution to the log-odds over the training rows, missing values included');

const numericFeature = z.strictObject({
  name,
  kind: z.literal('numeric'),
  nullable: z.boolean(),
  standardisation: z.strictObject({ mean: measure, deviation: measure.positive() }),
  coefficient: z.number().describe('Change of the log-odds for one standard deviation'),
  missingLogOdds,
  meanContribution,
  summary,
  reference: z.strictObject({
    edges,
    counts: counts.describe('One count a value bin, then missing'),
    effects,
    binsOnly: z
      .exactOptional(z.literal(true))
      .describe(
        'Only the bins of these rows were seen, in a rebaseline: the summary is that of an older reference. Absent otherwise',
      ),
  }),
});

const categoricalFeature = z.strictObject({
  name,
  kind: z.literal('categorical'),
  nullable: z.boolean(),
  categories: z.array(name).min(1),
  grouped: z.array(name).describe('Rare categories that are scored and counted together as `other`'),
  coefficients: z.array(z.number()).describe('Contributions to the log-odds, parallel to categories'),
  otherLogOdds: z
    .number()
    .nullable()
    .describe('Contribution of a grouped category; null when none is grouped'),
  missingLogOdds,
  unseenLogOdds: z.number().describe('Contribution of a category never seen in training: neutral'),
  meanContribution,
  reference: z.strictObject({
    counts: counts.describe(
      'Rows to expect of as many new ones: one count a category, `other` if any category is grouped, missing, unseen',
    ),
    effects,
  }),
});

const segment = z.strictObject({
  feature: name.describe(
    `A categorical feature of at most ${maxCategories} categories; rows in which it is missing or unseen are in no segment`,
  ),
  variables: z
    .array(
      z.strictObject({
        name,
        counts: z
          .array(z.array(count))
          .describe(
            'One list a segment: a category each, then `other` if any is grouped. In it one count a bin, as in the reference of the variable',
          ),
      }),
    )
    .describe('All other features in their order, then `(score)`'),
});

const estimate = z
  .strictObject({ value: z.number(), standardError: z.number().min(0) })
  .describe('Mean over the held-out folds, and the standard error of a figure from this many rows');

export const artifactSchema = z.strictObject({
  formatVersion: z.literal(readableFormats),
  name: name.describe('Name of the model, the `model` label of its metrics'),
  version: z
    .string()
    .regex(/^[0-9a-f]{12}$/, 'must be 12 hexadecimal digits')
    .describe('First 12 hexadecimal digits of the SHA-256 of the content without this field'),
  target: z
    .strictObject({ column: name, positive: name, negative: name })
    .refine((target) => target.positive !== target.negative, {
      path: ['negative'],
      message: 'must differ from the positive class',
    }),
  threshold: z
    .strictObject({ value: z.number().gt(0).lt(1), reason: z.string() })
    .describe('The positive class is predicted when its probability is at least this'),
  protected: z.array(name).describe('Features whose groups fairness is watched for'),
  sensitive: z
    .array(name)
    .describe(
      'Features of which no record of a single row may tell anything; `(key)` withholds the own keys of predictions',
    ),
  intercept: z.number(),
  features: z.array(z.discriminatedUnion('kind', [numericFeature, categoricalFeature])).min(1),
  score: z.strictObject({
    reference: z
      .strictObject({ edges, counts: counts.describe('One count a value bin, then missing (0)'), effects })
      .describe("The final model's scores on its reference rows"),
    bins: z
      .strictObject({
        edges: edges.max(maxScoreBins - 1),
        counts: z.array(count).max(maxScoreBins).describe('One count a bin of the edges'),
        positives: z.array(count),
        expected: z.array(z.number().min(0)).describe('Sum of the calibrated probabilities in each bin'),
      })
      .describe(
        'Out-of-fold scores of the first repeat of the cross-validation, with their outcomes. In files of version 1 the bins are fifty of equal width, from 0 to 1',
      ),
  }),
  segments: z
    .exactOptional(z.array(segment).min(1))
    .describe('The reference within each segment of the features named in it. Absent when none is'),
  calibration: z
    .strictObject({ scores: z.array(share).min(1), probabilities: z.array(share).min(1) })
    .describe(
      'Isotonic fit of the outcome on out-of-fold scores: knots, linear between them and constant beyond the ends',
    ),
  training: z.strictObject({
    rows: count.min(2),
    positives: count.min(1),
    prevalence: share.describe('Share of the positive class in the training rows'),
    dataDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits'),
    ridge: z
      .exactOptional(z.number().positive())
      .describe(
        'λ of the fit, which minimises −log-likelihood + λ/2 · Σ weights², as docs/training.md says; absent in files of version 1',
      ),
    smallestDetectableDrift: z.string(),
  }),
  evaluation: z
    .strictObject({
      folds: count.min(2),
      repeats: count.min(1),
      seed: z.int(),
      rocAuc: estimate,
      accuracy: estimate,
      logLoss: estimate,
      brier: estimate,
      precision: estimate,
      recall: estimate,
      f1: estimate,
    })
    .describe('Stratified cross-validation'),
  rebaseline: z
    .exactOptional(
      z.strictObject({
        by: name,
        at: z.iso.datetime(),
        reason: name,
        replaces: z
          .string()
          .regex(/^[0-9a-f]{12}$/)
          .describe('Version whose reference this one replaced'),
      }),
    )
    .describe('Present when the reference is newer traffic instead of the training rows'),
});

export type Artifact = z.infer<typeof artifactSchema>;
export type Feature = Artifact['features'][number];
export type NumericFeature = Extract<Feature, { kind: 'numeric' }>;
export type CategoricalFeature = Extract<Feature, { kind: 'categorical' }>;

/** The JSON Schema (draft 2020-12) of the artifact's shape, as published in docs/artifact.schema.json. */
export function artifactJsonSchema(): object {
  return { title: 'Vigia model artifact', ...z.toJSONSchema(artifactSchema) };
}
