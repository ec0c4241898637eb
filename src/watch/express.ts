import { finished, type Writable } from 'node:stream';
import type { AnswerCounter } from './count-answers.ts';
import { pathOf } from './path-of.ts';

/** What the middleware uses of Express's request and response. */
type ExpressRequest = {
  readonly method: string;
  readonly originalUrl: string;
  /** Set by a body parser. */
  readonly body?: unknown;
};
type ExpressResponse = Writable & {
  readonly statusCode: number;
  json(body?: unknown): unknown;
  send(body?: unknown): unknown;
};

export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ExpressResponse,
  next: () => void,
) => void;

export function expressMiddleware(count: AnswerCounter): ExpressMiddleware {
  return (request, response, next) => {
    let answered: unknown;
    let depth = 0;
    // each may call the other with what it made of the body, which only the outermost call has as the program gave it
    for (const name of ['json', 'send'] as const) {
      const original = response[name];
      response[name] = function (this: ExpressResponse, ...args: [body?: unknown]) {
        if (depth++ === 0) answered = args[0];
        try {
          return original.apply(this, args);
        } finally {
          depth--;
        }
      };
    }
    finished(response, () => {
      const { method, originalUrl, body } = request;
      count({ method, path: pathOf(originalUrl), status: response.statusCode, sent: body, answered });
    });
    next();
  };
}
