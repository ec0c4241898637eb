import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { isOwnKey, ownKeyRule } from '../model/own-key.ts';
import { Problem } from './problem.ts';

/** The header with the caller's own key for a prediction. */
export const keyHeader = 'x-prediction-key';

/**
 * The caller's own key for the prediction; `undefined` if there is none.
 *
 * @throws Problem 400 for an invalid key
 */
export function readKeyHeader({ headers, rawHeaders }: IncomingMessage): string | undefined {
  const given = headers[keyHeader] as string | undefined;
  if (given === undefined) return undefined;
  // Node joins several
  if (given.includes(', ') && countKeys(rawHeaders) > 1) {
    throw new Problem('invalid-header', `${keyHeader} must be sent once`);
  }
  const key = decode(given);
  if (isOwnKey(key)) return key;
  throw new Problem('invalid-header', `${keyHeader} ${ownKeyRule}, in ASCII or UTF-8`);
}

/** @param rawHeaders names and values in turn */
function countKeys(rawHeaders: readonly string[]): number {
  return rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === keyHeader).length;
}

/** Node reads each byte of a header as one Latin-1 character. */
function decode(given: string): string | undefined {
  const bytes = Buffer.from(given, 'latin1');
  if (bytes.length === 0 || !isUtf8(bytes)) return undefined;
  return bytes.toString('utf8');
}
