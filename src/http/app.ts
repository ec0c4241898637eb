import Koa, { type Middleware } from 'koa';
import type { RequestState } from './request-context.ts';
import { createRouter, type Router } from './router.ts';
import type { Service } from './service.ts';

/** Adds its routes to an application's router. */
export type AddRoutes<Uses = Service> = (router: Router, service: Uses) => void;

/**
 * Makes an application of routes.
 *
 * @param outermost the layer around all routes; it is given their patterns
 */
export function createApp<Uses extends Pick<Service, 'onError'>>(
  service: Uses,
  addRoutes: readonly AddRoutes<Uses>[],
  outermost: (routes: ReadonlySet<string>) => Middleware<RequestState>,
): Koa<RequestState> {
  const app = new Koa<RequestState>();
  const router = createRouter();
  for (const add of addRoutes) add(router, service);
  app.silent = true;
  app.on('error', (error) => service.onError(error, ''));
  app.use(outermost(router.paths));
  app.use(router.routes());
  return app;
}
