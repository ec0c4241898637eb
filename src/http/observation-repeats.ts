import { setTimeout as delay } from 'node:timers/promises';
import type { BatchResult, SharedStore } from '../outcomes/shared-store.ts';
import type { ObservationReceipt } from './observation-batch.ts';
import { Problem } from './problem.ts';

const hourMs = 3_600_000;
const pendingPollMs = 100;
/** How long a repetition waits for what another replica makes of the batch. */
const maxWaitMs = 10_000;

/** How many batches are remembered, for how long, and of how many bytes of receipts what each row got. */
const repeatLimits = { batches: 50_000, ageMs: 24 * hourMs, receiptBytes: 16 * 1024 * 1024 } as const;

/** What tells one batch from others. */
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
  /** The receipt as JSON, while there is room for it. */
  receipt: string | undefined;
};

/** Lets each batch count once, however often it is sent. */
export type ObservationRepeats = {
  /**
   * Takes a batch, unless one was taken under its key before or is being taken: then its receipt is given, without ids
   * and faults where they are no longer kept.
   *
   * @throws Problem 422 where the key stands for another body, 503 where the replicas cannot find out; nothing of the
   * batch has been counted then
   */
  once(batch: BatchName, take: () => Promise<ObservationReceipt>): Promise<TakenOnce>;
};

export type TakenOnce = { readonly receipt: ObservationReceipt; readonly isRepetition: boolean };

/**
 * Remembers batches in memory, and where replicas share a store there as well: a replica claims a batch before it takes
 * it, and then says what became of it. What the store does not hear is told again until it does.
 *
 * @param shared undefined for a replica of its own
 * @param now in ms, of a clock that never goes back
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
  /** Those whose receipt is kept, the oldest first. */
  const withReceipt = new Set<Remembered>();
  /** What the store has not heard yet, by key. */
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

  /** What was made of the batch before; undefined if it has not been taken, as far as this replica knows. */
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

  /** Claims the batch in the store, or finds out what another replica has made of it. */
  async function claim(
    store: NonNullable<typeof shared>,
    batch: BatchName,
  ): Promise<BatchResult | undefined> {
    const deadlineMs = performance.now() + maxWaitMs;
    for (;;) {
      const claimed = await store.claimBatch(batch).catch((error: Error) => {
        throw unavailable(`the store that replicas share cannot be asked (${error.message})`);
      });
      if (claimed === 'claimed') return undefined;
      if (claimed === 'differs') throw reused();
      if (claimed !== 'pending') return claimed;
      if (performance.now() > deadlineMs) throw unavailable('another replica is still taking them');
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
        // the connection says why
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

/** What is told of a batch that was taken before, where no more than that is known. */
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
