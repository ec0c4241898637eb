import type { Deployment } from '../../deployments/deployment.ts';
import { openApiDocument } from '../openapi.ts';
import type { ApiModel } from '../openapi-predict.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

/** `GET /openapi.json`: the API as the models that answer make it. The document is made anew when these change. */
export function addOpenApiRoute(router: AppRouter, { deployments, config, outcomeTokens }: Service): void {
  const parts = { takesOutcomes: outcomeTokens !== undefined, metrics: config.API_METRICS };
  const documents = new WeakMap<readonly Deployment[], Buffer>();
  router.get('/openapi.json', (context) => {
    const { answering, default: unnamed } = deployments;
    let document = documents.get(answering);
    if (document === undefined) {
      const models = { answering: answering.map(apiModel), unnamed: unnamed && apiModel(unnamed) };
      document = Buffer.from(JSON.stringify(openApiDocument(models, parts)));
      documents.set(answering, document);
    }
    sendJson(context, document);
  });
}

function apiModel({ artifact, predictor, explain }: Deployment): ApiModel {
  return { artifact, predicts: predictor !== undefined, explains: explain !== undefined };
}
