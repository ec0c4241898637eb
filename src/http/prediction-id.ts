import { randomBytes } from 'node:crypto';

/** A new id of a prediction, in base64url. */
export function createPredictionId(): string {
  return randomBytes(18).toString('base64url');
}
