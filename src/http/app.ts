import Router from '@koa/router';
import Koa from 'koa';
import { type Observer, observeRequest } from './observe-request.ts';
import { Problem } from './problem.ts';
import type { RequestState } from './request-context.ts';
import type { Service } from './service.ts';

/** Adds its routes to an application's router. */
export type AddRoutes = (router: Router<RequestState>, service: Service) => void;

/**
 * Makes an application of routes with constant paths: `GET` answers `HEAD` too, `OPTIONS` and 405 name the methods
 * a path takes, all else is 404.
 */
export function createApp(
  service: Service,
  addRoutes: readonly AddRoutes[],
  observer: Observer = service,
): Koa<RequestState> {
  const app = new Koa<RequestState>();
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  // all of them before `routes()`: the instrumentation wraps what is there when that is called
  for (const add of addRoutes) add(router, service);
  const allowed = new Map<string, string[]>();
  for (const { path, methods } of router.stack) {
    allowed.set(String(path), [...(allowed.get(String(path)) ?? []), ...methods]);
  }
  app.silent = true;
  app.on('error', (error) => service.onError(error, ''));
  app.use(observeRequest(service, observer, new Set(allowed.keys())));
  app.use(router.routes());
  app.use((context) => {
    const methods = allowed.get(context.path);
    if (!methods) throw new Problem('not-found', 'see /openapi.json for the paths there are');
    const allow = [...methods, 'OPTIONS'].join(', ');
    if (context.method !== 'OPTIONS') {
      throw new Problem('method-not-allowed', `this path takes ${allow}`, { headers: { allow } });
    }
    context.set('Allow', allow);
    context.status = 204;
  });
  return app;
}
