import type { Span } from '@opentelemetry/api';
import type { Deployment } from '../deployments/deployment.ts';
import { describeBatch } from '../deployments/describe-batch.ts';
import { type Records, record } from '../deployments/record.ts';
import type { FollowedRow } from '../deployments/shadow-queue.ts';
import type { Shadows } from '../deployments/shadows.ts';
import { recordRefusal } from '../monitor/model-counts.ts';
import type { Pause } from '../times/pauses.ts';
import type { BodyRows } from './body-rows.ts';
import { createObservationCheck } from './observation-check.ts';
import { RowFault } from './row-fault.ts';

/** At most this many refused rows are listed; the others are only counted. */
export const maxInvalidTold = 100;

/** A row that was refused, and its first fault. */
export type InvalidObservation = {
  /** Index in the batch, from 0. */
  readonly index: number;
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
};

/** The result of a batch. Each row is accepted or invalid. */
export type ObservationReceipt = {
  readonly accepted: number;
  /** The ids of the rows, in their order, `null` for one that is invalid; absent if they are not wanted. */
  readonly ids?: readonly (string | null)[];
  readonly invalid: readonly InvalidObservation[];
  /** Invalid rows that are not among `invalid`. */
  readonly moreInvalid?: number;
  /** The batch was accepted before, and the result of each row is no longer stored. */
  readonly duplicate?: true;
};

type BatchRecords = Omit<Records, 'shadows'> & { readonly shadows?: Pick<Shadows, 'followed' | 'follow'> };

/**
 * Records each row of a batch that matches the model, and counts each other as a refused input. Rows are processed over
 * several turns of the event loop, so that others are answered in the meantime.
 *
 * @param wantsIds whether the receipt has the ids
 * @param span gets attributes about the batch, if there is one
 */
export async function recordBatch(
  { config, samples, tokens, shadows }: BatchRecords,
  deployment: Deployment,
  rows: BodyRows,
  options: {
    readonly maxAgeMs: number;
    readonly wantsIds: boolean;
    readonly traceId: string | undefined;
    readonly span: Span | undefined;
    readonly pause: Pause;
  },
): Promise<ObservationReceipt> {
  const { maxAgeMs, wantsIds, traceId, span, pause } = options;
  const { counts } = deployment;
  // shadows begin when the batch has been processed
  const followed: FollowedRow[] = [];
  const records: Records = {
    ...{ config, samples, tokens },
    ...(shadows?.followed(deployment) && { shadows: { follow: (row) => followed.push(row) } }),
  };
  const nowMs = Date.now();
  const check = createObservationCheck(deployment, { nowMs, maxAgeMs });
  const ids: (string | null)[] = [];
  const invalid: InvalidObservation[] = [];
  const description = span && describeBatch(span, deployment);
  let accepted = 0;
  for (let index = 0; index < rows.count; index++) {
    const turn = pause();
    if (turn) await turn;
    const read = rows.read(index);
    const checked = read instanceof RowFault ? read : check(read);
    if (checked instanceof RowFault) {
      recordRefusal(counts, checked.counts);
      const { pointer, code, message } = checked;
      if (invalid.length < maxInvalidTold) invalid.push({ index, pointer, code, message });
      if (wantsIds) ids.push(null);
      continue;
    }
    const { row, score, predictedClass, key, timeMs } = checked;
    const { id, observation } = record(records, deployment, row, score, {
      startedMs: undefined,
      timeMs: timeMs ?? nowMs,
      predictedClass,
      wantsId: wantsIds,
      traceId,
      isTraced: span !== undefined,
      key,
      span: undefined,
    });
    description?.add(observation);
    accepted++;
    if (wantsIds) ids.push(id ?? null);
  }
  for (const row of followed) shadows?.follow(row);
  description?.tell({
    'model.observations.accepted': accepted,
    'model.observations.invalid': rows.count - accepted,
  });
  const more = rows.count - accepted - invalid.length;
  return { accepted, ...(wantsIds && { ids }), invalid, ...(more > 0 && { moreInvalid: more }) };
}
