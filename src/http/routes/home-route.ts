import { shownModel } from '../chosen-model.ts';
import { maxPages } from '../home/live-updates.ts';
import { sendReadyPage } from '../pages/send-page.ts';
import { Problem } from '../problem.ts';
import type { AppRouter } from '../router.ts';
import { send, sendStream } from '../send.ts';
import type { Service } from '../service.ts';

/**
 * `GET /` of the admin listener: the living home page, of the model that `?model=` names; and `GET /updates`, the
 * server-sent events that keep it up to date.
 */
export function addHomeRoutes(router: AppRouter, service: Service): void {
  const { home } = service;
  router.get('/', async (context) => sendReadyPage(context, await home.page(shownModel(context, service))));
  router.get('/updates', (context) => {
    const { name } = shownModel(context, service).artifact;
    if (home.updates.pages >= maxPages) {
      throw new Problem(
        'overloaded',
        `${maxPages} pages are kept up to date already: close one, or load this one again for its present state`,
        { headers: { 'retry-after': '10' } },
      );
    }
    const mediaType = 'text/event-stream';
    // an answer to HEAD has no body that could go on
    if (context.method === 'HEAD') send(context, 200, mediaType, '');
    else sendStream(context, { mediaType, begin: (response) => home.updates.add(response, name) });
  });
}
