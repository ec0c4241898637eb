import { createDocuments } from '../../runbook/documents.ts';
import { sendPage } from '../pages/send-page.ts';
import { Problem } from '../problem.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';

/**
 * `GET /runbook` of the admin listener: what to do about each alert, and below it the documents that this links to. They
 * are of the version that runs, and open without a way to the Internet.
 */
export function addRunbookRoutes(router: AppRouter): void {
  const documents = createDocuments();
  const send = async (context: RequestContext, name?: string) => {
    const page = await documents.read(name);
    if (page === undefined) throw new Problem('not-found', 'see /runbook, and what it links to');
    sendPage(context, page);
  };
  router.get('/runbook', (context) => send(context));
  router.get('/runbook/*name', (context) => send(context, context.params.name));
}
