import { z } from 'zod';
import type { Row } from '../../model/row.ts';
import { type Prediction, PredictorFailure } from '../predictor.ts';

/** How rows become a request to one kind of server, and its answer predictions. */
export type Protocol = {
  /** Rows that one request takes at most. */
  readonly maxRows: number;
  /** The JSON text of a request. */
  encode(rows: readonly Row[]): string;
  /** @throws PredictorFailure with `bad_answer` when the answer does not hold one prediction for each of the rows */
  decode(answer: unknown, rows: number): Prediction[];
};

/** The list of predictions in an answer. @throws PredictorFailure with `bad_answer` for anything but one of each row */
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
        'must not hold a user name or a password: put an Authorization header into the file that headersFile names',
    })
    .describe('Where rows are sent, in full'),
  headersFile: z
    .exactOptional(z.string().min(1))
    .describe(
      'File with headers that every request carries, one `Name: value` a line, such as a token. Relative to the model file',
    ),
  timeoutMs: z
    .exactOptional(z.int().min(1).max(600_000))
    .describe('How long a request may take, from its start to the end of its answer; 2,000 when absent'),
  maxInFlight: z
    .exactOptional(z.int().min(1).max(10_000))
    .describe('Requests that are under way at a time at most, further ones are refused; 100 when absent'),
};
