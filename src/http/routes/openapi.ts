import type { Deployment } from '../../deployments/deployment.ts';
import { openApiDocument } from '../openapi.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

/** `GET /openapi.json`: the API as the model in service makes it. The document is made once a model. */
export function addOpenApiRoute(router: AppRouter, service: Service): void {
  const parts = { takesOutcomes: service.outcomeTokens !== undefined, metrics: service.config.API_METRICS };
  const documents = new WeakMap<Deployment, Buffer>();
  router.get('/openapi.json', (context) => {
    const { deployment } = service;
    let document = documents.get(deployment);
    if (document === undefined) {
      document = Buffer.from(JSON.stringify(openApiDocument(deployment.artifact, parts)));
      documents.set(deployment, document);
    }
    sendJson(context, document);
  });
}
