import { createHash, hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Pause } from '../times/pauses.ts';
import type { BatchName } from './observation-repeats.ts';
import { Problem } from './problem.ts';

const bytesPerPause = 1024 * 1024;
/** The valid form of an `Idempotency-Key`. */
export const idempotencyKeyForm = /^[ -~]{1,128}$/;

/** The idempotency key of a request; undefined if it has none. @throws Problem 400 for an invalid key */
export function readIdempotencyKey({ headers }: IncomingMessage): string | undefined {
  const key = headers['idempotency-key'] as string | undefined;
  if (key === undefined || idempotencyKeyForm.test(key)) return key;
  throw new Problem('invalid-header', 'idempotency-key must have 1 to 128 printable ASCII characters');
}

/** Identifies a batch by its model, its key and its body. */
export async function nameBatch(model: string, key: string, body: Buffer, pause: Pause): Promise<BatchName> {
  const digest = createHash('sha256');
  for (let start = 0; start < body.length; start += bytesPerPause) {
    const turn = pause();
    if (turn) await turn;
    digest.update(body.subarray(start, start + bytesPerPause));
  }
  return { key: hash('sha256', JSON.stringify([model, key])), body: digest.digest('hex') };
}
