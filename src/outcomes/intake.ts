import { type Candidate, checkOutcomes, type InvalidOutcome, type InvalidReason } from './check-outcomes.ts';
import { createHeldOutcomes } from './held-outcomes.ts';
import { keepOutcomes, type Store } from './keep-outcomes.ts';
import { firstScrapeMs, type KnownModels, ModelUnavailable } from './known-models.ts';
import { isForgotten } from './outcome.ts';
import { createSeenIds } from './seen-ids.ts';
import { claimMs } from './shared-memory.ts';
import type { Token, Tokens } from './token.ts';
import { createWaitingOutcomes } from './waiting-outcomes.ts';

/** Outcomes that are claimed, written and confirmed together. */
const chunkSize = 1000;

/** What became of a batch. Each outcome is in exactly one of them. */
export type Receipt = {
  accepted: number;
  /** Counted before. The first outcome of a prediction stays, also where a later one differs. */
  duplicate: number;
  /** Of predictions older than the greatest age. */
  readonly expired: number;
  readonly invalid: readonly InvalidOutcome[];
};

/** `deferred`: could not be kept, and the sender was told to try again. */
export type OutcomeResult = 'accepted' | 'duplicate' | 'expired' | 'deferred' | InvalidReason;

/** Outcomes cannot be kept now: nothing of what was not accepted has been counted, and all of it can be sent again. */
export class IntakeUnavailable extends Error {
  readonly retryAfterS = claimMs / 1000;
}

export type OutcomeIntake = {
  /**
   * Counts each outcome exactly once and keeps it in the outcome file.
   *
   * @param items as parsed from JSON; anything that is none counts as malformed
   * @throws IntakeUnavailable when the disk or the shared memory does not take them
   */
  take(items: readonly unknown[]): Promise<Receipt>;
  /** Counts what did not count when it came and does now. */
  settle(): void;
  readonly results: Readonly<Record<OutcomeResult, number>>;
  /** Outcomes accepted that do not count yet: too early, or of a version that is coming back. */
  readonly held: {
    readonly size: number;
    /** Those of a version that is coming back: they would not count in a later process. */
    readonly waiting: number;
  };
};

export type IntakeOptions = Store & {
  readonly tokens: Tokens;
  readonly models: KnownModels;
  /** Age of a prediction from which its outcome counts; before that it is held. */
  readonly maturityMs: number;
  /** The lines of an earlier process: they are not counted again, but what was not due yet when it ended is held. */
  readonly earlier: AsyncIterable<Record<string, unknown>>;
  /** The lines of other replicas, running or gone: they are known as counted, and whose they are holds what is not due. */
  readonly elsewhere?: AsyncIterable<Record<string, unknown>>;
  /** Up to when the earlier process counted what became due; ms since 1970. */
  readonly countedUntilMs: Promise<number>;
  /** Outcomes that may wait for their version to come back; when there are so many, no more are taken. */
  readonly maxWaiting?: number;
  readonly onProblem: (message: string) => void;
};

/** Opens the intake. It reads the earlier outcomes first; what is sent meanwhile waits for that. */
export function createIntake(options: IntakeOptions): OutcomeIntake {
  const {
    tokens,
    models,
    maxAgeMs,
    maturityMs,
    earlier,
    elsewhere = nothing(),
    countedUntilMs,
    maxWaiting,
    onProblem,
  } = options;
  const seen = createSeenIds(maxAgeMs);
  const held = createHeldOutcomes();
  const waiting = createWaitingOutcomes(models, { onProblem, maxWaiting });
  /** Outcomes that are being kept, and when that will have come to an end. */
  const inFlight = new Map<bigint, Promise<void>>();
  const results: Record<OutcomeResult, number> = {
    accepted: 0,
    duplicate: 0,
    expired: 0,
    deferred: 0,
    malformed: 0,
    invalid_id: 0,
    unknown_model: 0,
    unknown_class: 0,
  };
  const replayed = replay().catch((error: Error) => onProblem(`${error.message}: read only in part`));

  async function replay(): Promise<void> {
    const startedMs = Date.now();
    const oldestMs = startedMs - maxAgeMs;
    const countedMs = await countedUntilMs;
    for await (const line of earlier) {
      const token = remember(line, oldestMs);
      if (token === undefined) continue;
      const dueMs = token.timeMs + maturityMs;
      if (dueMs <= countedMs) continue;
      // of two classes, and without the model, which may not be in use
      const isPositive = token.isPositive === (line.outcome === line.prediction);
      countFrom(dueMs > startedMs ? dueMs : startedMs + firstScrapeMs, { token, isPositive });
    }
    for await (const line of elsewhere) remember(line, oldestMs);
  }

  /** Knows the outcome of a line as counted. @returns the token of its prediction, if that is news */
  function remember(line: Record<string, unknown>, oldestMs: number): Token | undefined {
    if (isForgotten(line)) {
      seen.add(BigInt(`0x${line.forgottenKey}`), line.predictedMs);
      return undefined;
    }
    const token = tokens.verify(line.id);
    if (token === undefined || token.timeMs < oldestMs || seen.has(token.key)) return undefined;
    seen.add(token.key, token.timeMs);
    return token;
  }

  /** Counts an outcome when its time has come, or before if too many are held. */
  function countFrom(dueMs: number, { token, isPositive }: Pick<Candidate, 'token' | 'isPositive'>): void {
    const count = () => waiting.add(token.model, { isPositive, score: token.score });
    if (dueMs > Date.now()) held.hold({ dueMs, count });
    else count();
  }

  function settle(): void {
    held.release();
    waiting.release();
  }

  async function take(items: readonly unknown[]): Promise<Receipt> {
    await replayed;
    settle();
    if (waiting.isFull) {
      results.deferred += items.length;
      throw new IntakeUnavailable('too many outcomes wait for their version of the model to come back');
    }
    const oldestMs = Date.now() - maxAgeMs;
    const checking = checkOutcomes(items, { tokens, models, oldestMs });
    const { candidates, invalid, expired } = await checking.catch((error) => {
      if (!(error instanceof ModelUnavailable)) throw error;
      results.deferred += items.length;
      throw new IntakeUnavailable(error.message, { cause: error });
    });
    results.expired += expired;
    for (const { reason } of invalid) results[reason]++;
    const receipt = { accepted: 0, duplicate: 0, expired, invalid };
    const { fresh, release } = await reserve(candidates, receipt);
    const before = receipt.accepted + receipt.duplicate;
    try {
      for (let i = 0; i < fresh.length; i += chunkSize) {
        await keepOutcomes(fresh.slice(i, i + chunkSize), options, {
          onKept: (candidate) => count(candidate, receipt),
          onRepeated: ({ token }) => {
            seen.add(token.key, token.timeMs);
            repeat(receipt, 1);
          },
        });
      }
      return receipt;
    } catch (error) {
      results.deferred += fresh.length - (receipt.accepted + receipt.duplicate - before);
      throw new IntakeUnavailable((error as Error).message, { cause: error });
    } finally {
      release();
    }
  }

  /**
   * Leaves out what was counted before, here or earlier in the batch, after waiting for what is just being kept. What
   * it gives is reserved for the caller, who releases it.
   */
  async function reserve(
    candidates: readonly Candidate[],
    receipt: Receipt,
  ): Promise<{ fresh: Candidate[]; release: () => void }> {
    const unique = new Map<bigint, Candidate>();
    for (const candidate of candidates) {
      if (!unique.has(candidate.token.key)) unique.set(candidate.token.key, candidate);
    }
    repeat(receipt, candidates.length - unique.size);
    for (;;) {
      const busy = [...unique.keys()].flatMap((key) => inFlight.get(key) ?? []);
      if (busy.length === 0) break;
      await Promise.all(busy);
    }
    const fresh = [...unique.values()].filter(({ token }) => !seen.has(token.key));
    repeat(receipt, unique.size - fresh.length);
    // in the same turn as the look at what is in flight: another batch could slip in between
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const { token } of fresh) inFlight.set(token.key, promise);
    const release = () => {
      for (const { token } of fresh) inFlight.delete(token.key);
      resolve();
    };
    return { fresh, release };
  }

  function repeat(receipt: Receipt, count: number): void {
    receipt.duplicate += count;
    results.duplicate += count;
  }

  function count(candidate: Candidate, receipt: Receipt): void {
    const { token, isPositive } = candidate;
    const nowMs = Date.now();
    const delayS = Math.max(0, nowMs - token.timeMs) / 1000;
    const dueMs = token.timeMs + maturityMs;
    const isDue = dueMs <= nowMs;
    waiting.add(token.model, { isPositive, delayS, ...(isDue && { score: token.score }) });
    if (!isDue) countFrom(dueMs, candidate);
    seen.add(token.key, token.timeMs);
    receipt.accepted++;
    results.accepted++;
  }

  return {
    take,
    settle,
    results,
    held: {
      get size() {
        return held.size + waiting.size;
      },
      get waiting() {
        return waiting.size;
      },
    },
  };
}

async function* nothing(): AsyncGenerator<never> {}
