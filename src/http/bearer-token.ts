import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

const digest = (text: string) => hash('sha256', text, 'buffer');

/**
 * Makes the check of an `Authorization: Bearer` header against some tokens, any of which is accepted. It takes the same
 * time whatever is sent.
 *
 * @returns a function that throws Problem 401
 */
export function requireBearerToken(tokens: readonly string[]): (request: IncomingMessage) => void {
  const digests = tokens.map(digest);
  return ({ headers }) => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
    const sent = digest(given ?? '');
    const matches = digests.filter((one) => timingSafeEqual(one, sent));
    if (given !== undefined && matches.length > 0) return;
    throw new Problem(
      'unauthorized',
      'send the header authorization: Bearer, with the token of this service',
      {
        headers: { 'www-authenticate': 'Bearer' },
      },
    );
  };
}
