import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/** What the query of a request says once; `undefined` for what it does not say, or says several times. */
export function queryValue({ url = '' }: IncomingMessage, name: string): string | undefined {
  const start = url.indexOf('?');
  if (start < 0) return undefined;
  // not Koa's `context.query`: its time grows with the square of the parameters, to 200 ms for a long query
  const values = new URLSearchParams(url.slice(start)).getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

/**
 * Whether the query asks for something; `otherwise` where it does not say, has no value for it, or says it several times.
 *
 * @throws Problem 400 for another value than `true` and `false`, which would be taken for one that was not meant
 */
export function queryFlag(request: IncomingMessage, name: string, otherwise: boolean): boolean {
  const value = queryValue(request, name);
  if (value === undefined || value === '') return otherwise;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new Problem('invalid-query', `${name} must be true or false, in lower case`);
}
