import Koa from 'koa';
import { type Observer, observeRequest } from './observe-request.ts';
import type { RequestState } from './request-context.ts';
import { createRouter, type Router } from './router.ts';
import type { Service } from './service.ts';

/** Adds its routes to an application's router. */
export type AddRoutes = (router: Router, service: Service) => void;

/** Makes an application of routes. */
export function createApp(
  service: Service,
  addRoutes: readonly AddRoutes[],
  observer: Observer = service,
): Koa<RequestState> {
  const app = new Koa<RequestState>();
  const router = createRouter();
  for (const add of addRoutes) add(router, service);
  app.silent = true;
  app.on('error', (error) => service.onError(error, ''));
  app.use(observeRequest(service, observer, router.paths));
  app.use(router.routes());
  return app;
}
