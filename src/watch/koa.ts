import { finished, type Writable } from 'node:stream';
import type { AnswerCounter } from './count-answers.ts';

/** What the middleware uses of Koa's context. */
type KoaContext = {
  readonly method: string;
  readonly path: string;
  /** A body parser sets `body`. */
  readonly request: object;
  readonly body: unknown;
  readonly res: Writable & { readonly statusCode: number };
};

export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>;

export function koaMiddleware(count: AnswerCounter): KoaMiddleware {
  return async (context, next) => {
    const { method, path, request, res } = context;
    let answered: unknown;
    finished(res, () => {
      const { body: sent } = request as { readonly body?: unknown };
      count({ method, path, status: res.statusCode, sent, answered });
    });
    await next();
    // what is around this middleware may replace it by a stream
    answered = context.body ?? undefined;
  };
}
