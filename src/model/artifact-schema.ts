import { z } from 'zod';
import { count, counts, edges, effects, measure, name, share } from './artifact-parts.ts';
import { evaluation, output } from './output-schema.ts';

/**
 * The format of model files. It rises when an older reader would misread a newer file. Files of version 1, and early
 * ones of version 2, which assumed that every model is a logistic regression, are converted when they are read: see
 * `older-formats.ts`.
 */
export const formatVersion = 2;

/** The most categories of a feature that have a bin of their own, and that may be segments. */
export const maxCategories = 20;

/** The name under which the model's own score is monitored, as if it were a feature. */
export const scoreFeature = '(score)';

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

/** The summary that is kept of the values of a numeric variable. */
export const summary = z
  .strictObject({
    min: measure,
    max: measure,
    mean: measure,
    deviation: measure.min(0),
    percentiles,
  })
  .describe('Present reference values in their own unit; the deviation divides by n');

const nullable = z
  .boolean()
  .describe('Whether a value may be missing; false if none is in the rows of the reference');

const numericFeature = z.strictObject({
  name,
  kind: z.literal('numeric'),
  nullable,
  summary,
  reference: z.strictObject({
    edges,
    counts: counts.describe('One count per value bin, then missing'),
    effects,
    binsOnly: z
      .exactOptional(z.literal(true))
      .describe(
        'True if a rebaseline saw only the bins of these rows, so that the summary is that of an older reference. Absent otherwise',
      ),
  }),
});

const categoricalFeature = z.strictObject({
  name,
  kind: z.literal('categorical'),
  nullable,
  categories: z.array(name).min(1),
  grouped: z.array(name).describe('Rare categories that are counted together as `other`'),
  reference: z.strictObject({
    counts: counts.describe(
      'Expected rows among as many new ones: one count per category, `other` if any category is grouped, missing, unseen',
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
            'One list per segment: one for each category, then `other` if any is grouped. Each list has one count per bin, as in the reference of the variable',
          ),
      }),
    )
    .describe('All other features in their order, then `(score)`'),
});

export const artifactSchema = z.strictObject({
  formatVersion: z.literal(formatVersion),
  name: name.describe('Name of the model, the `model` label of its metrics'),
  version: z
    .string()
    .regex(/^[0-9a-f]{12}$/, 'must be 12 hexadecimal digits')
    .describe('First 12 hexadecimal digits of the SHA-256 of the content without this field'),
  features: z.array(z.discriminatedUnion('kind', [numericFeature, categoricalFeature])).min(1),
  output,
  protected: z.array(name).describe('Features for whose groups fairness is watched'),
  sensitive: z
    .array(name)
    .describe(
      'Features about which no record of a single row may reveal anything; `(key)` withholds the keys that callers gave their predictions',
    ),
  segments: z
    .exactOptional(z.array(segment).min(1))
    .describe('The reference within each segment of the features named in it. Absent when none is'),
  training: z
    .strictObject({
      rows: count.min(2),
      positives: z.exactOptional(count.min(1)),
      prevalence: z.exactOptional(share).describe('Share of the positive class in the rows'),
      dataDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits'),
      ridge: z
        .exactOptional(z.number().positive())
        .describe(
          'λ of the fit, which minimises −log-likelihood + λ/2 · Σ weights², as docs/training.md says; absent in files of version 1 and for models fitted elsewhere',
        ),
      smallestDetectableDrift: z.string(),
    })
    .describe(
      'The rows that the file was made from; `positives` and `prevalence` are absent without outcomes',
    ),
  evaluation: z.exactOptional(evaluation),
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
    .describe('Present when the reference is newer traffic instead of the rows that the file was made from'),
  predictor: z
    .exactOptional(z.looseObject({ kind: name }))
    .describe('How the model computes. Absent if that is done elsewhere and the model is only watched'),
});

/** The content of a model file. */
export type Artifact = z.infer<typeof artifactSchema>;
export type Feature = Artifact['features'][number];
export type NumericFeature = Extract<Feature, { kind: 'numeric' }>;
export type Output = Artifact['output'];
export type Evaluation = NonNullable<Artifact['evaluation']>;
export type CategoricalFeature = Extract<Feature, { kind: 'categorical' }>;
