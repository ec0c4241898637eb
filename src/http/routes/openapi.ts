import { openApiDocument } from '../openapi.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

/** `GET /openapi.json`: the API as the model in service makes it. */
export function addOpenApiRoute(router: AppRouter, service: Service): void {
  const parts = { takesOutcomes: service.outcomeTokens !== undefined, metrics: service.config.API_METRICS };
  router.get('/openapi.json', (context) => {
    sendJson(context, JSON.stringify(openApiDocument(service.deployment.artifact, parts)));
  });
}
