import type { Artifact, Feature } from '../../model/artifact.ts';
import { predictLimits } from '../predict-rows.ts';
import { outputNames } from '../v2-request.ts';
import { datatypeNames, tensorTypeOf } from '../v2-tensor.ts';
import { failures, get, json, object, ok, ref, tags } from './parts.ts';
import { exampleInput, keyParameter, predictionFailures } from './predict-path.ts';

const protocol = 'Open Inference Protocol V2';

/** The paths of the protocol that are about the server. */
export const v2ServerPaths = {
  '/v2': get(tags.v2, 'v2', `${protocol}: the server`, ok('Its name and version', ref('V2Server'))),
  '/v2/health/live': get(
    tags.v2,
    'v2.live',
    `${protocol}: whether the process answers`,
    ok('It does', object({ live: { const: true } })),
  ),
  '/v2/health/ready': get(tags.v2, 'v2.ready', `${protocol}: whether the service takes work`, {
    ...ok('It does', object({ ready: { const: true } })),
    ...failures('unavailable'),
  }),
};

/**
 * The paths of one model, without a version and with the one that answers.
 *
 * @param plain a name of the model that may stand in that of an operation
 */
export function v2ModelPaths(artifact: Artifact, plain: string): Record<string, object> {
  const path = `/v2/models/${encodeURIComponent(artifact.name)}`;
  return {
    ...pathsOf(path, artifact, `v2.${plain}`),
    ...pathsOf(
      `${path}/versions/${encodeURIComponent(artifact.version)}`,
      artifact,
      `v2.${plain}.of-this-version`,
    ),
  };
}

function pathsOf(path: string, artifact: Artifact, operationId: string) {
  const { name } = artifact;
  return {
    [path]: get(tags.v2, `${operationId}.metadata`, `${protocol}: the inputs and outputs of ${name}`, {
      ...ok('One tensor a feature', ref('V2Model')),
      ...failures('not-found'),
    }),
    [`${path}/ready`]: get(tags.v2, `${operationId}.ready`, `${protocol}: whether ${name} answers`, {
      ...ok('It does', object({ name: { type: 'string' }, ready: { const: true } })),
      ...failures('not-found', 'unavailable'),
    }),
    [`${path}/infer`]: {
      post: {
        operationId: `${operationId}.infer`,
        tags: [tags.v2],
        summary: `${protocol}: predict several rows with ${name}`,
        description: `At most ${predictLimits.rows} rows and ${predictLimits.bytes} bytes. Each row is counted and kept as one of \`/predict\` is; one fault refuses all of them.`,
        security: [],
        parameters: [keyParameter],
        requestBody: { required: true, content: json(ref('V2Request'), exampleRequest(artifact)) },
        responses: {
          ...ok('One value a row in each output', ref('V2Answer')),
          ...failures(...predictionFailures),
        },
      },
    },
  };
}

/** Two typical rows. */
function exampleRequest(artifact: Artifact) {
  const row = exampleInput(artifact);
  const tensor = (feature: Feature) => ({
    name: feature.name,
    shape: [2, 1],
    ...tensorTypeOf(feature),
    data: [row[feature.name], row[feature.name]],
  });
  return { inputs: artifact.features.map(tensor), outputs: outputNames.map((name) => ({ name })) };
}

const shape = { type: 'array', maxItems: 2, items: { type: 'integer' } };
const parameters = { type: 'object' };
const value = { type: ['number', 'string', 'boolean', 'null'] };

const tensor = {
  type: 'object',
  required: ['name', 'shape', 'datatype', 'data'],
  properties: {
    name: { type: 'string' },
    shape,
    datatype: { enum: datatypeNames },
    parameters,
    data: { type: 'array', maxItems: predictLimits.rows, items: value },
  },
};

const metadataTensor = {
  type: 'object',
  required: ['name', 'shape', 'datatype'],
  properties: { name: { type: 'string' }, shape, datatype: { enum: datatypeNames }, parameters },
};

/** What the paths of the protocol take and give. */
export const v2Schemas = {
  V2Server: object({
    name: { type: 'string' },
    version: { type: 'string' },
    extensions: { type: 'array', maxItems: 0 },
  }),
  V2Model: object({
    name: { type: 'string' },
    versions: { type: 'array', items: { type: 'string' } },
    platform: { type: 'string' },
    inputs: { type: 'array', items: metadataTensor },
    outputs: { type: 'array', items: metadataTensor },
  }),
  V2Request: {
    type: 'object',
    required: ['inputs'],
    properties: {
      id: { type: 'string', description: 'Stands in the answer, too' },
      parameters,
      inputs: {
        type: 'array',
        description:
          'A tensor for each feature, by its name, of the shape `[n]` or `[n, 1]`. One that may be missing may be left out',
        items: tensor,
      },
      outputs: {
        type: 'array',
        description: 'The outputs to answer with; all when absent',
        items: object({ name: { enum: outputNames } }),
      },
    },
  },
  V2Answer: {
    type: 'object',
    required: ['model_name', 'model_version', 'parameters', 'outputs'],
    properties: {
      model_name: { type: 'string' },
      model_version: { type: 'string' },
      id: { type: 'string' },
      parameters,
      outputs: {
        type: 'array',
        description:
          '`score` is the probability of the positive class, `prediction` the class, `id` joins an outcome later',
        items: { ...tensor, properties: { ...tensor.properties, name: { enum: outputNames } } },
      },
    },
  },
};
