import type { Deployment } from '../../deployments/deployment.ts';
import { listenerAddress } from '../../settings/listener-address.ts';
import { docsPage } from '../docs/docs-page.ts';
import { adminDocument } from '../openapi/admin-document.ts';
import type { ApiDocument, ApiModels } from '../openapi/api-models.ts';
import type { ApiModel } from '../openapi/predict-path.ts';
import { publicDocument } from '../openapi/public-document.ts';
import { preparePage, type ReadyPage, sendReadyPage, wantsPage } from '../pages/send-page.ts';
import { type AppRouter, noSuchPath } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

/** `GET /openapi.json` and `GET /docs` of the public API. */
export function addPublicDocs(router: AppRouter, service: Service): void {
  const { outcomeTokens, config } = service;
  const parts = { takesOutcomes: outcomeTokens !== undefined, metrics: config.API_METRICS };
  addDocs(router, service, config.HOST, (models) => publicDocument(models, parts));
}

/** `GET /openapi.json` and `GET /docs` of the admin listener. */
export function addAdminDocs(router: AppRouter, service: Service): void {
  addDocs(router, service, service.config.ADMIN_HOST, adminDocument);
}

/** `GET /` of the public API leads a browser to its page; for programs there is nothing. */
export function addRootRoute(router: AppRouter): void {
  router.get('/', (context) => {
    if (!wantsPage(context)) throw noSuchPath();
    context.redirect('/docs');
    context.status = 303;
  });
}

type Description = { readonly json: Buffer; readonly document: ApiDocument; page?: ReadyPage };

/** Both are made again when the models that answer change. */
function addDocs(
  router: AppRouter,
  { deployments }: Service,
  host: string,
  describe: (models: ApiModels) => ApiDocument,
): void {
  const descriptions = new WeakMap<readonly Deployment[], Description>();

  function describeNow(): Description {
    const { answering, default: unnamed } = deployments;
    let description = descriptions.get(answering);
    if (description === undefined) {
      const models = { answering: answering.map(apiModel), unnamed: unnamed && apiModel(unnamed) };
      const document = describe(models);
      description = { document, json: Buffer.from(JSON.stringify(document)) };
      descriptions.set(answering, description);
    }
    return description;
  }

  router.get('/openapi.json', (context) => sendJson(context, describeNow().json));
  router.get('/docs', (context) => {
    const description = describeNow();
    description.page ??= preparePage(
      docsPage(description.document, listenerAddress(host, context.req.socket.localPort ?? 0)),
    );
    sendReadyPage(context, description.page);
  });
}

function apiModel({ artifact, predictor, explain }: Deployment): ApiModel {
  return { artifact, predicts: predictor !== undefined, explains: explain !== undefined };
}
