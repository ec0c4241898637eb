import { METHODS } from 'node:http';
import Router, { type RouterOptions } from '@koa/router';
import type { Middleware } from 'koa';
import { Problem } from './problem.ts';
import type { RequestContext, RequestState } from './request-context.ts';

export type AppRouter = Router<RequestState>;

/**
 * Makes a router whose paths are matched exactly: case and a trailing slash matter. It knows every method that Node
 * parses, so none of them is answered with 501.
 */
export function createRouter(): AppRouter {
  const options: RouterOptions = { sensitive: true, strict: true, methods: METHODS };
  return new Router<RequestState>(options);
}

/**
 * The pattern of the route that answers a request (`/models/:name`, never the path from the wire), or of one that has
 * its path but not its method. Empty if there is none.
 */
export function routePattern({ routerPath, matched }: RequestContext): string {
  return String(routerPath ?? matched?.[0]?.path ?? '');
}

/**
 * Answers requests without a route: `OPTIONS` with the methods of its path, everything else with a problem document,
 * 405 or 404. It goes between the router's `routes()` and its `allowedMethods()`, which a request with a route never
 * reaches.
 *
 * @throws Problem
 */
export const answerUnrouted: Middleware<RequestState> = async (context, next) => {
  await next();
  const methods = context.response.get('allow') as string | undefined;
  if (methods === undefined) throw noSuchPath();
  const allow = `${methods}, OPTIONS`;
  if (context.method !== 'OPTIONS') {
    throw new Problem('method-not-allowed', `this path supports ${allow}`, { headers: { allow } });
  }
  context.set('Allow', allow);
  context.status = 204;
};

export function noSuchPath(): Problem {
  return new Problem('not-found', 'see /openapi.json for the list of paths');
}
