import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/** The value of a query parameter that occurs once; `undefined` if it is absent, or occurs several times. */
export function queryValue({ url = '' }: IncomingMessage, name: string): string | undefined {
  const start = url.indexOf('?');
  if (start < 0) return undefined;
  // not Koa's `context.query`: its time grows with the square of the parameters, to 200 ms for a long query
  const values = new URLSearchParams(url.slice(start)).getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

/**
 * The value of a boolean query parameter; `otherwise` if it is absent, has no value, or occurs several times.
 *
 * @throws Problem 400 for a value other than `true` and `false`, which would otherwise be silently misread
 */
export function queryFlag(request: IncomingMessage, name: string, otherwise: boolean): boolean {
  const value = queryValue(request, name);
  if (value === undefined || value === '') return otherwise;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new Problem('invalid-query', `${name} must be true or false, in lower case`);
}
