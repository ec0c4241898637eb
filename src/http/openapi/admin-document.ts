import {
  type ApiDocument,
  type ApiModels,
  describeApi,
  describeModels,
  inputSchemas,
  intakeSchemas,
  nameModels,
  observationPaths,
} from './api-models.ts';
import { driftSchemas } from './drift-schemas.ts';
import { outcomesPath } from './outcomes-path.ts';
import { failures, get, list, object, ok, okOrPage, page, ref, tags } from './parts.ts';
import { performanceSchemas } from './performance-schemas.ts';
import { defaultModelMember, modelMembers, servicePaths } from './service-paths.ts';

/** What the operator's listener of a service with these models has. */
export function adminDocument(models: ApiModels): ApiDocument {
  const { answering, unnamed } = models;
  const names = answering.map(({ artifact }) => artifact.name);
  const named = nameModels(models);
  const optional = modelParameter(names, false);
  return describeApi({
    title: `${names.join(', ')}: admin API`,
    description: `What only the operator should reach: drift, performance and metrics, and where outcomes and observations are reported without a token. Predictions are made on the public API, which has a page of its own at its /docs.\n\n${describeModels(models)}`,
    asksToken: false,
    paths: {
      ...observationPaths(named, models, false),
      '/outcomes': outcomesPath(answering[0].artifact, false),
      '/': get(
        tags.watch,
        'home',
        'The verdicts at a glance',
        { ...page('The page'), ...failures('invalid-query', 'not-found') },
        [optional],
      ),
      '/updates': get(
        tags.watch,
        'updates',
        'What the page shows, again each time that it has changed',
        {
          200: {
            description: 'Server-sent events until the client goes away; each holds markup of the page',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          ...failures('invalid-query', 'not-found', 'overloaded'),
        },
        [optional],
      ),
      '/drift': get(
        tags.watch,
        'drift',
        'How far traffic has moved from the reference',
        {
          ...okOrPage('By feature and window, what matters most first', ref('Drift')),
          ...failures('invalid-query', 'not-found'),
        },
        [modelParameter(names, unnamed === undefined)],
      ),
      '/features/{feature}': get(
        tags.watch,
        'feature',
        'The page of one feature, or of the score',
        { ...page('The page'), ...failures('invalid-query', 'not-found') },
        [
          {
            name: 'feature',
            in: 'path',
            description: 'Its name; `(score)` for the score',
            required: true,
            schema: { type: 'string' },
          },
          optional,
        ],
      ),
      '/performance': get(
        tags.watch,
        'performance',
        'Realised and estimated performance',
        {
          ...okOrPage('Of each model version in use', ref('Performance')),
          ...failures('invalid-query', 'not-found'),
        },
        [optional],
      ),
      '/metrics': get(tags.watch, 'metrics', 'All metrics, for Prometheus', {
        200: {
          description: 'Prometheus text format 0.0.4, or OpenMetrics 1.0 if the client prefers it',
          content: { 'text/plain': { schema: text }, 'application/openmetrics-text': { schema: text } },
        },
      }),
      '/runbook': get(tags.watch, 'runbook', 'What to do about each alert', page('The runbook')),
      '/runbook/{name}': get(
        tags.watch,
        'document',
        'A document that the runbook links to',
        { ...page('The document'), ...failures('not-found') },
        [
          {
            name: 'name',
            in: 'path',
            description: 'Such as `drift`, for docs/drift.md',
            required: true,
            schema: { type: 'string' },
          },
        ],
      ),
      '/models': get(
        tags.service,
        'models',
        'The models that answer, and how much each is used',
        ok('All of them, with the versions that they replaced', ref('Models')),
      ),
      ...servicePaths,
    },
    schemas: {
      ...inputSchemas(named),
      ...intakeSchemas(named),
      ...driftSchemas,
      ...performanceSchemas,
      Models: modelsSchema,
    },
  });
}

function modelParameter(names: readonly string[], required: boolean) {
  return {
    name: 'model',
    in: 'query',
    description: required ? 'Which model' : 'Which model, where there are several',
    required,
    schema: { enum: names },
  };
}

const text = { type: 'string' };
const usage = {
  since: { type: 'string', format: 'date-time', description: 'When this version began to answer' },
  predictions: {
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'By predicted class, since then',
  },
  refusedInputs: { type: 'integer' },
};
const retired = { version: text, ...usage };

const modelsSchema = object({
  default: defaultModelMember,
  models: list(
    object({
      ...modelMembers,
      file: { type: ['string', 'null'], description: 'Where it was loaded from' },
      features: list(text),
      ...usage,
      retired: list(object(retired), 'Versions that were replaced, and whose outcomes may still come'),
    }),
  ),
  retired: list(object({ name: text, ...retired }), 'Versions of models that no longer answer'),
});
