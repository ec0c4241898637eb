import { z } from 'zod';
import type { Row } from '../../model/row.ts';
import { type Prediction, PredictorFailure } from '../predictor.ts';

/** How rows are turned into a request to one kind of server, and its answer into predictions. */
export type Protocol = {
  /** The maximum number of rows in one request. */
  readonly maxRows: number;
  /** The JSON text of a request. */
  encode(rows: readonly Row[]): string;
  /** @throws PredictorFailure with `bad_answer` if the answer does not contain one prediction for each row */
  decode(answer: unknown, rows: number): Prediction[];
};

/** The list of predictions in an answer. @throws PredictorFailure with `bad_answer` for anything but one per row */
export function requireList(found: unknown, rows: number): readonly unknown[] {
  if (Array.isArray(found) && found.length === rows) return found;
  throw new PredictorFailure('bad_answer', `the answer has no list of ${rows} predictions`);
}

/** The settings that every protocol has. */
export const commonSettings = {
  kind: z.literal('http'),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
    .refine((url) => !/^[^/]*\/\/[^/]*@/.test(url), {
      message:
        'must not contain a user name or a password: put an Authorization header into the file that headersFile names',
    })
    .describe('The full address to which rows are sent'),
  headersFile: z
    .exactOptional(z.string().min(1))
    .describe(
      'File with headers to add to every request, such as a token, one `Name: value` per line. Relative to the model file',
    ),
  timeoutMs: z
    .exactOptional(z.int().min(1).max(600_000))
    .describe(
      'How long a request may take, from its start to the end of its answer, in milliseconds; 2,000 by default',
    ),
  maxInFlight: z
    .exactOptional(z.int().min(1).max(10_000))
    .describe('Maximum number of concurrent requests; further ones are refused; 100 by default'),
};
