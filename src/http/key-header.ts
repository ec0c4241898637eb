import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { isOwnKey, ownKeyRule } from '../model/own-key.ts';
import { Problem } from './problem.ts';

/** Carries what the caller of a prediction calls it. */
export const keyHeader = 'x-prediction-key';

/**
 * What the caller calls the prediction; `undefined` where it says nothing.
 *
 * @throws Problem 400 for what cannot be a key
 */
export function readKeyHeader({ headers }: IncomingMessage): string | undefined {
  const given = headers[keyHeader] as string | undefined;
  if (given === undefined) return undefined;
  const key = decode(given);
  if (isOwnKey(key)) return key;
  throw new Problem('invalid-header', `${keyHeader} ${ownKeyRule}, in ASCII or UTF-8`);
}

/** Node reads each byte of a header as one character of Latin-1. */
function decode(given: string): string | undefined {
  const bytes = Buffer.from(given, 'latin1');
  if (bytes.length === 0 || !isUtf8(bytes)) return undefined;
  return bytes.toString('utf8');
}
