import manifest from '../../package.json' with { type: 'json' };
import type { Artifact } from '../model/artifact.ts';
import { inputSchema } from '../model/input-schema.ts';
import { maxFaultsTold } from '../model/validate-input.ts';
import type { Config } from '../settings/config.ts';
import { modelPath } from '../text/model-path.ts';
import { observationReceiptSchema, observationSchema, observationsPath } from './openapi-observations.ts';
import { outcomeSchema, outcomesPath, receiptSchema } from './openapi-outcomes.ts';
import { failures, get, json, ok } from './openapi-parts.ts';
import { type ApiModel, exampleInput, predictionSchema, predictPath } from './openapi-predict.ts';
import { v2ModelPaths, v2Schemas, v2ServerPaths } from './openapi-v2.ts';
import { problems } from './problem.ts';

/** What the public API has besides predictions. */
export type ApiParts = {
  /** Whether it has `POST /outcomes` and `POST /observations`. */
  readonly takesOutcomes: boolean;
  /** What its `/metrics` gives. */
  readonly metrics: Config['API_METRICS'];
};

/** The models that a service answers with. */
export type ApiModels = {
  readonly answering: readonly ApiModel[];
  /** The one of them that answers where the path names none. */
  readonly unnamed: ApiModel | undefined;
};

/** The API of a service that answers with these models, in OpenAPI 3.1. */
export function openApiDocument(
  { answering, unnamed }: ApiModels,
  { takesOutcomes, metrics }: ApiParts,
): object {
  const artifacts = answering.map(({ artifact }) => artifact);
  const plain = plainNames(artifacts);
  const described = answering.map((model, i) => ({
    ...model,
    prefix: model.artifact === unnamed?.artifact ? '' : `${plain[i]}.`,
    plain: plain[i],
    operationId: `predict.${plain[i]}`,
    observing: `observe.${plain[i]}`,
  }));
  return {
    openapi: '3.1.0',
    info: {
      title: `${artifacts.map(({ name }) => name).join(', ')} predictions`,
      version: manifest.version,
      description: answering.map(describeModel).join('\n\n'),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: {
      ...(unnamed?.predicts && { '/predict': predictPath(unnamed, '', 'predict') }),
      ...Object.fromEntries(
        described
          .filter(({ predicts }) => predicts)
          .map(({ prefix, operationId, ...model }) => [
            modelPath(model.artifact.name, 'predict'),
            predictPath(model, prefix, operationId),
          ]),
      ),
      ...(takesOutcomes && {
        ...(unnamed && {
          '/observations': observationsPath(unnamed.artifact, '', 'observe', exampleInput(unnamed.artifact)),
        }),
        ...Object.fromEntries(
          described.map(({ artifact, prefix, observing }) => [
            modelPath(artifact.name, 'observations'),
            observationsPath(artifact, prefix, observing, exampleInput(artifact)),
          ]),
        ),
      }),
      ...v2ServerPaths,
      ...Object.fromEntries(
        described
          .filter(({ predicts }) => predicts)
          .flatMap(({ artifact, plain }) => Object.entries(v2ModelPaths(artifact, plain))),
      ),
      '/models': get('models', 'The models that answer', ok('All of them', modelsSchema)),
      ...(takesOutcomes && { '/outcomes': outcomesPath }),
      '/health': get('health', 'Whether the process answers', ok('It does', status('ok'))),
      '/ready': get('ready', 'Whether the service takes work', {
        ...ok('It does', status('ready')),
        ...failures('unavailable'),
      }),
      '/openapi.json': get('openapi', 'This document', ok('OpenAPI 3.1', { type: 'object' })),
      ...(metrics !== 'false' && { '/metrics': metricsPath(metrics === 'full') }),
    },
    components: {
      schemas: {
        ...Object.fromEntries(
          described.flatMap(({ prefix, ...model }) => [
            [`${prefix}Input`, inputSchema(model.artifact)],
            ...(model.predicts ? [[`${prefix}Prediction`, predictionSchema(model)]] : []),
            ...(takesOutcomes ? [[`${prefix}Observation`, observationSchema(model.artifact)]] : []),
          ]),
        ),
        ...(takesOutcomes && {
          ObservationReceipt: observationReceiptSchema,
          Outcome: outcomeSchema(artifacts),
          Receipt: receiptSchema,
        }),
        ...v2Schemas,
        Problem: problemSchema,
      },
      ...(takesOutcomes && { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }),
    },
  };
}

function describeModel({ artifact, predicts }: ApiModel): string {
  const { name, version, output } = artifact;
  const elsewhere = predicts ? '' : ' It is watched only: its predictions are made elsewhere.';
  return `Model ${name}, version ${version}. The score is the probability of "${output.positive}".${elsewhere}`;
}

/** A name for each model that may stand in that of a schema or an operation. */
function plainNames(models: readonly Artifact[]): readonly string[] {
  const taken = new Set<string>();
  return models.map(({ name }) => {
    const plain = name.replaceAll(/[^\w.-]/g, '_');
    let unique = plain;
    for (let i = 2; taken.has(unique); i++) unique = `${plain}-${i}`;
    taken.add(unique);
    return unique;
  });
}

const modelsSchema = {
  type: 'object',
  required: ['default', 'models'],
  properties: {
    default: {
      type: ['string', 'null'],
      description: 'The model that answers where the path names none',
    },
    models: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'version', 'kind', 'classes', 'predicts'],
        properties: {
          name: { type: 'string' },
          version: { type: 'string' },
          kind: { const: 'binary' },
          classes: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 },
          predicts: { type: 'boolean', description: 'Whether it is asked here, and not only watched' },
        },
      },
    },
  },
};

function metricsPath(full: boolean) {
  const summary = full
    ? 'Requests so far, or all metrics in Prometheus’s format if asked for text/plain'
    : 'Requests so far';
  return get('metrics', summary, {
    200: {
      description: 'Counts since the start',
      content: { ...json({ type: 'object' }), ...(full && { 'text/plain': { schema: { type: 'string' } } }) },
    },
  });
}

function status(value: string) {
  return { type: 'object', required: ['status'], properties: { status: { const: value } } };
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
    error: {
      type: 'string',
      description: 'Under `/v2` the detail again, where the Open Inference Protocol has it',
    },
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
