import type { Artifact } from '../../model/artifact.ts';
import { classesOf } from '../../model/output-classes.ts';
import { keyHeader } from '../key-header.ts';
import { predictLimits } from '../predict-rows.ts';
import { exampleId, failures, json, keySchema, ok, ref, tags } from './parts.ts';

/** A model, and what it can be asked for: of one that is watched only, no predictions. */
export type ApiModel = {
  readonly artifact: Artifact;
  readonly predicts: boolean;
  /** Whether its scores can be explained. */
  readonly explains: boolean;
};

/**
 * `POST /predict` of one model.
 *
 * @param prefix of the names of the model's schemas
 */
export function predictPath(
  { artifact, explains }: Pick<ApiModel, 'artifact' | 'explains'>,
  prefix: string,
  operationId: string,
) {
  return {
    post: {
      operationId,
      tags: [tags.predict],
      summary: `Predict the class of one input, or of each in an array, with ${artifact.name}`,
      description: `An array may have ${predictLimits.rows} rows and ${predictLimits.bytes} bytes, and is answered with an array. One invalid row refuses all of them.`,
      security: [],
      parameters: [...(explains ? [explainParameter] : []), keyParameter],
      requestBody: {
        required: true,
        content: json(oneOrSeveral(ref(`${prefix}Input`)), exampleInput(artifact)),
      },
      responses: {
        ...ok(
          'The prediction, or those of an array in its order',
          oneOrSeveral(ref(`${prefix}Prediction`)),
          examplePrediction(artifact),
        ),
        ...failures(...(explains ? (['invalid-query'] as const) : []), ...predictionFailures),
      },
    },
  };
}

function oneOrSeveral(one: object) {
  return { oneOf: [one, { type: 'array', maxItems: predictLimits.rows, items: one }] };
}

/** The answers of a path that predicts, where it does not. */
export const predictionFailures = [
  'malformed-json',
  'invalid-header',
  'not-found',
  'body-too-large',
  'unsupported-media-type',
  'invalid-input',
  'internal',
  'model-failed',
  'overloaded',
  'model-busy',
  'model-timeout',
] as const;

/** The header with the key of a single row. */
export const keyParameter = {
  name: keyHeader,
  in: 'header',
  description: 'Goes with a single row',
  schema: { type: 'string', ...keySchema },
};

const explainParameter = {
  name: 'explain',
  in: 'query',
  description: '`true` adds the reasons to the answer',
  schema: { enum: ['true', 'false'], default: 'false' },
};

/** A typical row: the median of each number, the commonest category. */
export function exampleInput({ features }: Artifact): Record<string, number | string> {
  return Object.fromEntries(
    features.map((feature) => {
      if (feature.kind === 'numeric') return [feature.name, feature.summary.percentiles.p50];
      const counts = feature.reference.counts.slice(0, feature.categories.length);
      return [feature.name, feature.categories[counts.indexOf(Math.max(...counts))]];
    }),
  );
}

function examplePrediction({ name, version, output }: Artifact) {
  return { prediction: classesOf(output)[0], score: 0.31, id: exampleId, model: { name, version } };
}

/** What it answers with. */
export function predictionSchema({ artifact: { output }, explains }: ApiModel) {
  return {
    type: 'object',
    required: ['prediction', 'score', 'id', 'model'],
    properties: {
      prediction: { enum: classesOf(output) },
      score: { type: 'number', minimum: 0, maximum: 1, description: `Probability of "${output.positive}"` },
      id: {
        type: 'string',
        maxLength: 80,
        pattern: '^[A-Za-z0-9_-]+$',
        description: 'Joins an outcome later',
      },
      ...(explains && { reasons: reasonsSchema(output.positive) }),
      model: {
        type: 'object',
        required: ['name', 'version'],
        properties: { name: { type: 'string' }, version: { type: 'string' } },
      },
    },
  };
}

function reasonsSchema(positive: string) {
  return {
    type: 'array',
    maxItems: 4,
    description: 'With `explain=true`: what moved the score most, the weightiest first',
    items: {
      type: 'object',
      required: ['feature', 'logOdds'],
      properties: {
        feature: { type: 'string' },
        logOdds: {
          type: 'number',
          description: `How far the feature moved the log-odds from those of an average row; above 0 towards "${positive}"`,
        },
      },
    },
  };
}
