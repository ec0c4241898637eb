import { z } from 'zod';
import { type Fault, lengthFault } from '../../model/artifact-fault.ts';
import { measure, name } from '../../model/artifact-parts.ts';
import type { Artifact, Feature } from '../../model/artifact-schema.ts';

const missingLogOdds = z
  .number()
  .nullable()
  .describe(
    'Contribution of a missing value; null if the training rows had none (then the feature is required)',
  );
const meanContribution = z
  .number()
  .describe('Mean contribution to the log-odds over the training rows, including missing values');

const numericWeights = z.strictObject({
  name,
  kind: z.literal('numeric'),
  standardisation: z.strictObject({ mean: measure, deviation: measure.positive() }),
  coefficient: z.number().describe('Change of the log-odds for one standard deviation'),
  missingLogOdds,
  meanContribution,
});

const categoricalWeights = z.strictObject({
  name,
  kind: z.literal('categorical'),
  coefficients: z
    .array(z.number())
    .describe('Contributions to the log-odds, parallel to the categories of the feature'),
  otherLogOdds: z.number().nullable().describe('Contribution of a grouped category; null if none is grouped'),
  missingLogOdds,
  unseenLogOdds: z.number().describe('Contribution of a category never seen in training: neutral'),
  meanContribution,
});

/** A logistic regression as stored in the model file. */
export const logisticSchema = z
  .strictObject({
    kind: z.literal('logistic'),
    intercept: z.number(),
    features: z
      .array(z.discriminatedUnion('kind', [numericWeights, categoricalWeights]))
      .describe('One for each feature of the model, in their order'),
  })
  .describe('Log-odds that are the sum of the intercept and one contribution per feature');

export type Logistic = z.infer<typeof logisticSchema>;
export type Weights = Logistic['features'][number];
export type NumericWeights = Extract<Weights, { kind: 'numeric' }>;
export type CategoricalWeights = Extract<Weights, { kind: 'categorical' }>;

function weightsFaults(feature: Feature, weights: Weights, i: number): Fault[] {
  const at = ['features', i];
  if (weights.name !== feature.name || weights.kind !== feature.kind) {
    return [{ path: at, message: `must be for the feature ${feature.name}, which is ${feature.kind}` }];
  }
  const faults: Fault[] = [];
  if (feature.nullable !== (weights.missingLogOdds !== null)) {
    faults.push({
      path: [...at, 'missingLogOdds'],
      message: 'must be a number exactly when the feature is nullable',
    });
  }
  if (weights.kind === 'numeric') {
    const { standardisation, coefficient } = weights;
    if (!Number.isFinite(coefficient / standardisation.deviation)) {
      faults.push({
        path: [...at, 'standardisation', 'deviation'],
        message: `is ${standardisation.deviation}, too small for a coefficient of ${coefficient}: their quotient is beyond double precision`,
      });
    }
    return faults;
  }
  if (feature.kind !== 'categorical') return faults;
  const { categories, grouped } = feature;
  faults.push(
    ...lengthFault(
      [...at, 'coefficients'],
      weights.coefficients.length,
      categories.length,
      'one per category',
    ),
  );
  if (grouped.length > 0 !== (weights.otherLogOdds !== null)) {
    faults.push({
      path: [...at, 'otherLogOdds'],
      message: 'must be a number exactly when categories are grouped',
    });
  }
  return faults;
}

/** What the schema of a logistic regression cannot check: that it matches the features of the model. */
export function logisticFaults({ features: weights }: Logistic, { features }: Artifact): Fault[] {
  const faults = lengthFault(['features'], weights.length, features.length, 'one per feature of the model');
  return faults.length > 0 ? faults : features.flatMap((feature, i) => weightsFaults(feature, weights[i], i));
}
