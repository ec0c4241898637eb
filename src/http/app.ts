import Koa, { type Middleware } from 'koa';
import type { RequestState } from './request-context.ts';
import { type AppRouter, answerUnrouted, createRouter } from './router.ts';
import type { Service } from './service.ts';

/** Adds its routes to an application's router. */
export type AddRoutes<Uses = Service> = (router: AppRouter, service: Uses) => void;

/**
 * Makes an application of routes.
 *
 * @param outermost the layer around all routes
 */
export function createApp<Uses extends Pick<Service, 'onError'>>(
  service: Uses,
  addRoutes: readonly AddRoutes<Uses>[],
  outermost: Middleware<RequestState>,
): Koa<RequestState> {
  const app = new Koa<RequestState>();
  const router = createRouter();
  for (const add of addRoutes) add(router, service);
  app.silent = true;
  app.on('error', (error, context: Koa.Context) => {
    // the status of the request already shows that a client closed its connection
    if (error !== context.req.socket.errored) service.onError(error, '');
  });
  app.use(outermost);
  // the instrumentation wraps the handlers that exist now
  app.use(router.routes());
  app.use(answerUnrouted);
  app.use(router.allowedMethods());
  return app;
}
