import { setTimeout as delay } from 'node:timers/promises';
import type { BatchResult, SharedStore } from '../outcomes/shared-store.ts';
import type { ObservationReceipt } from './observation-batch.ts';
import { Problem } from './problem.ts';

const hourMs = 3_600_000;
const pendingPollMs = 100;
/** How long a repetition waits for the result from another replica. */
const maxWaitMs = 10_000;

/** How many batches are remembered, for how long, and how many bytes of detailed receipts. */
const repeatLimits = { batches: 50_000, ageMs: 24 * hourMs, receiptBytes: 16 * 1024 * 1024 } as const;

/** What identifies a batch. */
export type BatchName = {
  /** Digest of the model's name and the `Idempotency-Key`. */
  readonly key: string;
  /** Digest of the body. */
  readonly body: string;
};

type Remembered = {
  readonly body: string;
  readonly atMs: number;
  readonly result: BatchResult;
  /** The receipt as JSON, as long as there is room for it. */
  receipt: string | undefined;
};

/** Makes each batch count once, however often it is sent. */
export type ObservationRepeats = {
  /**
   * Processes a batch, unless one with its key has been or is being processed: then that receipt is returned, without
   * ids and faults if they are no longer stored.
   *
   * @throws Problem 422 if the key was used with a different body, 503 if the replicas cannot find out; nothing of the
   * batch has been counted then
   */
  once(batch: BatchName, take: () => Promise<ObservationReceipt>): Promise<TakenOnce>;
};

export type TakenOnce = { readonly receipt: ObservationReceipt; readonly isRepetition: boolean };

/**
 * Remembers batches in memory and, if replicas share a store, also there: a replica claims a batch before it processes
 * it, and then stores the result. Results that could not be stored are retried.
 *
 * @param shared undefined for a single replica
 * @param now in ms, of a monotonic clock
 */
export function createObservationRepeats(
  shared: Pick<SharedStore, 'claimBatch' | 'settleBatch'> | undefined,
  {
    now = () => performance.now(),
    limits = repeatLimits,
    retryMs = 2_000,
  }: { now?: () => number; limits?: Limits; retryMs?: number } = {},
): ObservationRepeats {
  const taking = new Map<string, Promise<unknown>>();
  /** The oldest first. */
  const taken = new Map<string, Remembered>();
  /** Those whose receipt is stored, the oldest first. */
  const withReceipt = new Set<Remembered>();
  /** Results that have not been stored yet, by key. */
  const untold = new Map<string, Remembered>();
  let receiptBytes = 0;
  let isTelling = false;

  function remember({ key, body }: BatchName, result: BatchResult, receipt?: string): Remembered {
    const entry: Remembered = { body, atMs: now(), result, receipt };
    taken.set(key, entry);
    if (receipt !== undefined) {
      withReceipt.add(entry);
      receiptBytes += receipt.length;
    }
    for (const each of withReceipt) {
      if (receiptBytes <= limits.receiptBytes) break;
      forgetReceipt(each);
    }
    for (const [oldest, { atMs }] of taken) {
      if (taken.size <= limits.batches && now() - atMs < limits.ageMs) break;
      forget(oldest);
    }
    return entry;
  }

  function forgetReceipt(entry: Remembered): void {
    if (withReceipt.delete(entry)) receiptBytes -= entry.receipt?.length ?? 0;
    entry.receipt = undefined;
  }

  function forget(key: string): void {
    const entry = taken.get(key);
    if (entry !== undefined) forgetReceipt(entry);
    taken.delete(key);
    untold.delete(key);
  }

  /** The earlier result of the batch; undefined if, as far as this replica knows, it has not been processed. */
  function recall({ key, body }: BatchName): ObservationReceipt | undefined {
    const entry = taken.get(key);
    if (entry === undefined) return undefined;
    if (now() - entry.atMs >= limits.ageMs) {
      forget(key);
      return undefined;
    }
    if (entry.body !== body) throw reused();
    return entry.receipt === undefined ? shortened(entry.result) : JSON.parse(entry.receipt);
  }

  /** Claims the batch in the store, or gets the result from another replica. */
  async function claim(
    store: NonNullable<typeof shared>,
    batch: BatchName,
  ): Promise<BatchResult | undefined> {
    const deadlineMs = performance.now() + maxWaitMs;
    for (;;) {
      const claimed = await store.claimBatch(batch).catch((error: Error) => {
        throw unavailable(`the store that replicas share is unavailable (${error.message})`);
      });
      if (claimed === 'claimed') return undefined;
      if (claimed === 'differs') throw reused();
      if (claimed !== 'pending') return claimed;
      if (performance.now() > deadlineMs) throw unavailable('another replica is still processing them');
      await delay(pendingPollMs);
    }
  }

  async function takeFirst(batch: BatchName, take: () => Promise<ObservationReceipt>): Promise<TakenOnce> {
    const found = shared && (await claim(shared, batch));
    if (found !== undefined) {
      remember(batch, found);
      return { receipt: shortened(found), isRepetition: true };
    }
    const receipt = await take();
    const { accepted, invalid, moreInvalid = 0 } = receipt;
    const entry = remember(
      batch,
      { accepted, invalid: invalid.length + moreInvalid },
      JSON.stringify(receipt),
    );
    if (shared !== undefined) {
      untold.set(batch.key, entry);
      tell(shared);
    }
    return { receipt, isRepetition: false };
  }

  async function tell(store: NonNullable<typeof shared>): Promise<void> {
    if (isTelling) return;
    isTelling = true;
    while (untold.size > 0) {
      try {
        for (const [key, { body, result }] of untold) {
          await store.settleBatch({ key, body }, result);
          untold.delete(key);
        }
      } catch {
        // the connection reports why
        await delay(retryMs, undefined, { ref: false });
      }
    }
    isTelling = false;
  }

  return {
    async once(batch, take) {
      for (;;) {
        const receipt = recall(batch);
        if (receipt !== undefined) return { receipt, isRepetition: true };
        const other = taking.get(batch.key);
        if (other === undefined) break;
        // if that fails, this one is the next to try
        await other.catch(() => {});
      }
      const work = takeFirst(batch, take).finally(() => taking.delete(batch.key));
      taking.set(batch.key, work);
      return work;
    },
  };
}

type Limits = { readonly [Name in keyof typeof repeatLimits]: number };

/** The receipt of a batch that was accepted before, if no more is known about it. */
function shortened({ accepted, invalid }: BatchResult): ObservationReceipt {
  return { accepted, invalid: [], ...(invalid > 0 && { moreInvalid: invalid }), duplicate: true };
}

function reused(): Problem {
  return new Problem(
    'idempotency-key-reused',
    'send other observations under an Idempotency-Key of their own',
  );
}

function unavailable(why: string): Problem {
  return new Problem('unavailable', `${why}: send them again under the same Idempotency-Key`, {
    headers: { 'retry-after': '5' },
  });
}
