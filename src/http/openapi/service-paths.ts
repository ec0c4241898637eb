import { failures, get, json, object, ok, page, tags } from './parts.ts';

const status = (value: string) => object({ status: { const: value } });

/** The paths that both listeners have. */
export const servicePaths = {
  '/health': get(tags.service, 'health', 'Whether the process answers', ok('It does', status('ok'))),
  '/ready': get(tags.service, 'ready', 'Whether the service takes work', {
    ...ok('It does', status('ready')),
    ...failures('unavailable'),
  }),
  '/openapi.json': get(tags.service, 'openapi', 'This API in OpenAPI', ok('OpenAPI 3.1', { type: 'object' })),
  '/docs': get(tags.service, 'docs', 'This API as a page for people', page('The page')),
};

const text = { type: 'string' };

/** A model that answers, as the public API tells of it. */
export const modelMembers = {
  name: text,
  version: text,
  kind: { const: 'binary' },
  classes: { type: 'array', items: text, minItems: 2, maxItems: 2 },
  predicts: { type: 'boolean', description: 'Whether it is asked here, and not only watched' },
};

/** The model that answers where the path names none. */
export const defaultModelMember = {
  type: ['string', 'null'],
  description: 'The model that answers where the path names none',
};

/** `GET /models` of the public API. */
export const modelsPath = get(
  tags.service,
  'models',
  'The models that answer',
  ok(
    'All of them',
    object({ default: defaultModelMember, models: { type: 'array', items: object(modelMembers) } }),
  ),
);

/** `GET /metrics` of the public API. @param full whether it gives all metrics to who asks for text */
export function summaryPath(full: boolean) {
  const summary = full
    ? 'Requests so far, or all metrics in Prometheus’s format if asked for text/plain'
    : 'Requests so far';
  return get(tags.service, 'metrics', summary, {
    200: {
      description: 'Counts since the start',
      content: { ...json({ type: 'object' }), ...(full && { 'text/plain': { schema: text } }) },
    },
  });
}
