import manifest from '../../package.json' with { type: 'json' };
import type { Artifact } from '../model/artifact.ts';
import { inputSchema } from '../model/input-schema.ts';
import { maxFaultsTold } from '../model/validate-input.ts';
import type { Config } from '../settings/config.ts';
import { outcomeSchema, outcomesPath, receiptSchema } from './openapi-outcomes.ts';
import { failures, json, ok, ref } from './openapi-parts.ts';
import { problems } from './problem.ts';

/** What the public API has besides predictions. */
export type ApiParts = {
  /** Whether it has `POST /outcomes`. */
  readonly takesOutcomes: boolean;
  /** What its `/metrics` gives. */
  readonly metrics: Config['API_METRICS'];
};

/** The API of a service that answers with this model, in OpenAPI 3.1. */
export function openApiDocument(artifact: Artifact, { takesOutcomes, metrics }: ApiParts): object {
  const { name, version, target } = artifact;
  return {
    openapi: '3.1.0',
    info: {
      title: `${name} predictions`,
      version: manifest.version,
      description: `Model ${name}, version ${version}. The score is the probability of "${target.positive}".`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: {
      '/predict': {
        post: {
          operationId: 'predict',
          summary: 'Predict the class of one input',
          security: [],
          parameters: [
            {
              name: 'explain',
              in: 'query',
              description: '`true` adds the reasons to the answer',
              schema: { enum: ['true', 'false'], default: 'false' },
            },
          ],
          requestBody: { required: true, content: json(ref('Input'), exampleInput(artifact)) },
          responses: {
            ...ok('The prediction', ref('Prediction')),
            ...failures(
              'malformed-json',
              'body-too-large',
              'unsupported-media-type',
              'invalid-input',
              'internal',
              'overloaded',
            ),
          },
        },
      },
      ...(takesOutcomes && { '/outcomes': outcomesPath }),
      '/health': operation('health', 'Whether the process answers', ok('It does', status('ok'))),
      '/ready': operation('ready', 'Whether the service takes work', {
        ...ok('It does', status('ready')),
        ...failures('unavailable'),
      }),
      '/openapi.json': operation('openapi', 'This document', ok('OpenAPI 3.1', { type: 'object' })),
      ...(metrics !== 'false' && { '/metrics': metricsPath(metrics === 'full') }),
    },
    components: {
      schemas: {
        Input: inputSchema(artifact),
        Prediction: predictionSchema(artifact),
        ...(takesOutcomes && { Outcome: outcomeSchema(artifact), Receipt: receiptSchema }),
        Problem: problemSchema,
      },
      ...(takesOutcomes && { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }),
    },
  };
}

function operation(operationId: string, summary: string, responses: object) {
  return { get: { operationId, summary, security: [], responses } };
}

function metricsPath(full: boolean) {
  const summary = full
    ? 'Requests so far, or all metrics in Prometheus’s format if asked for text/plain'
    : 'Requests so far';
  return operation('metrics', summary, {
    200: {
      description: 'Counts since the start',
      content: { ...json({ type: 'object' }), ...(full && { 'text/plain': { schema: { type: 'string' } } }) },
    },
  });
}

function status(value: string) {
  return { type: 'object', required: ['status'], properties: { status: { const: value } } };
}

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

function predictionSchema({ target }: Artifact) {
  return {
    type: 'object',
    required: ['prediction', 'score', 'id', 'model'],
    properties: {
      prediction: { enum: [target.negative, target.positive] },
      score: { type: 'number', minimum: 0, maximum: 1, description: `Probability of "${target.positive}"` },
      id: {
        type: 'string',
        maxLength: 80,
        pattern: '^[A-Za-z0-9_-]+$',
        description: 'Joins an outcome later',
      },
      reasons: {
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
              description: `How far the feature moved the log-odds from those of an average row; above 0 towards "${target.positive}"`,
            },
          },
        },
      },
      model: {
        type: 'object',
        required: ['name', 'version'],
        properties: { name: { type: 'string' }, version: { type: 'string' } },
      },
    },
  };
}

const problemSchema = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { enum: Object.keys(problems).map((key) => `urn:vigia:problem:${key}`) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      maxItems: maxFaultsTold,
      description: `One entry a fault of the input, up to ${maxFaultsTold}`,
      items: {
        type: 'object',
        required: ['pointer', 'code', 'message'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer (RFC 6901)' },
          code: { type: 'string' },
          message: { type: 'string' },
        },
      },
    },
    moreErrors: { type: 'integer', minimum: 1, description: 'Faults that are not among `errors`' },
  },
};
