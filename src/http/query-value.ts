import type { IncomingMessage } from 'node:http';

/** What the query of a request says once; `undefined` for what it does not say, or says several times. */
export function queryValue({ url = '' }: IncomingMessage, name: string): string | undefined {
  const start = url.indexOf('?');
  if (start < 0) return undefined;
  // not Koa's `context.query`: its time grows with the square of the parameters, to 200 ms for a long query
  const values = new URLSearchParams(url.slice(start)).getAll(name);
  return values.length === 1 ? values[0] : undefined;
}
