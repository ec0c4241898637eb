import type { Middleware } from 'koa';
import { Problem } from './problem.ts';
import type { RequestContext, RequestState } from './request-context.ts';

export type Handler = (context: RequestContext) => void | Promise<void>;

/** Routes with constant paths. */
export type Router = {
  /** Answers `GET`, and `HEAD` with it. */
  get(path: string, handler: Handler): void;
  post(path: string, handler: Handler): void;
  /** The paths there are; they may stand in a metric's label. */
  readonly paths: ReadonlySet<string>;
  /** The middleware that answers; it throws a Problem for a path or a method that is not there. */
  routes(): Middleware<RequestState>;
};

type Layer = { readonly path: string; readonly stack: [Handler] };

/**
 * Makes a router that finds a handler with two look-ups. `OPTIONS` and 405 name the methods a path takes.
 *
 * To OpenTelemetry's Koa instrumentation it looks as @koa/router does: the middleware carries `router.stack`, whose
 * handlers are wrapped when the middleware is used (so add all routes first), and a request `_matchedRoute`, which
 * becomes `http.route`.
 */
export function createRouter(): Router {
  const byPath = new Map<string, Map<string, Layer>>();
  const add = (methods: readonly string[], path: string, handler: Handler) => {
    const layer: Layer = { path, stack: [handler] };
    const byMethod = byPath.get(path) ?? new Map<string, Layer>();
    for (const method of methods) byMethod.set(method, layer);
    byPath.set(path, byMethod);
  };
  return {
    get: (path, handler) => add(['HEAD', 'GET'], path, handler),
    post: (path, handler) => add(['POST'], path, handler),
    get paths() {
      return new Set(byPath.keys());
    },
    routes() {
      const stack = new Set([...byPath.values()].flatMap((byMethod) => [...byMethod.values()]));
      return Object.assign((context: RequestContext) => dispatch(byPath, context), {
        router: { stack: [...stack] },
      });
    },
  };
}

function dispatch(
  byPath: ReadonlyMap<string, ReadonlyMap<string, Layer>>,
  context: RequestContext,
): void | Promise<void> {
  const byMethod = byPath.get(context.path);
  if (!byMethod) throw new Problem('not-found', 'see /openapi.json for the paths there are');
  const layer = byMethod.get(context.method);
  if (layer) {
    context._matchedRoute = layer.path;
    return layer.stack[0](context);
  }
  const allow = [...byMethod.keys(), 'OPTIONS'].join(', ');
  if (context.method !== 'OPTIONS') {
    throw new Problem('method-not-allowed', `this path takes ${allow}`, { headers: { allow } });
  }
  context.set('Allow', allow);
  context.status = 204;
}
