import {
  type Candidate,
  ClockDoubted,
  checkOutcomes,
  type InvalidOutcome,
  type InvalidReason,
} from './check-outcomes.ts';
import { IntakeUnavailable } from './intake-unavailable.ts';
import { keepOutcomes, type Store } from './keep-outcomes.ts';
import { type KnownModels, ModelUnavailable } from './known-models.ts';
import { createOutcomeCounter, type ShadowOutcomes } from './outcome-counter.ts';
import { replayOutcomes } from './replay-outcomes.ts';
import { createReservations } from './reservations.ts';
import { createSeenIds } from './seen-ids.ts';
import { createClaimSettler } from './settle-claims.ts';
import type { SlotLine } from './slot.ts';
import type { Slots } from './slots.ts';
import type { Tokens } from './token.ts';

export { IntakeUnavailable };

/** The number of outcomes that are claimed, written and confirmed together. */
const chunkSize = 1000;

/** The result of a batch. Each outcome is in exactly one of these. */
export type Receipt = {
  accepted: number;
  /** Counted before. The first outcome of a prediction stays, even if a later one differs. */
  duplicate: number;
  /** Outcomes of predictions that are older than the maximum age. */
  readonly expired: number;
  readonly invalid: readonly InvalidOutcome[];
};

/** `deferred`: could not be stored, and the sender was told to try again. */
export type OutcomeResult = 'accepted' | 'duplicate' | 'expired' | 'deferred' | InvalidReason;

export type OutcomeIntake = {
  /**
   * Counts each outcome exactly once and keeps it in the outcome file.
   *
   * @param items as parsed from JSON; anything that is not an outcome counts as malformed
   * @throws IntakeUnavailable if the disk or the shared store does not accept them
   */
  take(items: readonly unknown[]): Promise<Receipt>;
  /** Counts outcomes that were not due when they arrived and are now. */
  settle(): void;
  readonly results: Readonly<Record<OutcomeResult, number>>;
  /** Accepted outcomes that are not counted yet: too early, or of a version that is being loaded again. */
  readonly held: { readonly size: number };
  /** Stops asking the shared store about outcomes that could not be settled. */
  close(): void;
};

export type IntakeOptions = Store & {
  readonly tokens: Tokens;
  readonly models: KnownModels;
  /** The clock by which ages are measured, in ms since 1970; `Date.now` by default. */
  readonly now?: () => number;
  /** Age of a prediction from which its outcome counts; before that it is held. */
  readonly maturityMs: number;
  /** Remembers which lines have been counted. */
  readonly slots: Slots;
  /**
   * The lines of earlier processes: those that none of them has exposed to Prometheus are counted, or held until due.
   */
  readonly earlier: AsyncIterable<Record<string, unknown>>;
  /** The lines of other replicas, running or gone: they are recognised as repetitions, and their owner counts them. */
  readonly elsewhere?: AsyncIterable<Record<string, unknown>>;
  /** For lines without a number: until when the earlier process counted what became due; ms since 1970. */
  readonly countedUntilMs: Promise<number>;
  /** Called if an earlier process has left any outcomes, before one is accepted. */
  readonly onEarlier?: () => void;
  /** How many outcomes may wait for their version to come back; beyond that, no more are accepted. */
  readonly maxWaiting?: number;
  /** The maximum number of outcomes of earlier processes that are counted. */
  readonly maxUncounted?: number;
  /** What shadows predicted for the rows that outcomes arrive for. */
  readonly shadows?: ShadowOutcomes;
  readonly onProblem: (message: string) => void;
};

/** Opens the intake. It reads the earlier outcomes first; outcomes sent in the meantime wait. */
export function createIntake(options: IntakeOptions): OutcomeIntake {
  const {
    tokens,
    models,
    now = () => Date.now(),
    maxAgeMs,
    maturityMs,
    earlier,
    elsewhere = nothing(),
    countedUntilMs,
    onEarlier = () => {},
    slots,
    shared,
    maxWaiting,
    maxUncounted,
    shadows,
    onProblem,
  } = options;
  const seen = createSeenIds(maxAgeMs, { now });
  const counter = createOutcomeCounter(models, maturityMs, { now, onProblem, maxWaiting, shadows });
  const reservations = createReservations();
  const claims = shared === undefined ? undefined : createClaimSettler(shared, maxAgeMs);
  /** See `Replayed`. When they are sent again they are reported as accepted, because they were not before. */
  let unanswered: Set<bigint> = new Set();
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
  const replayed = replay();

  async function replay(): Promise<void> {
    const oldestMs = now() - maxAgeMs;
    const unnumberedFromMs = (await countedUntilMs) - maturityMs;
    const replaying = replayOutcomes({
      earlier,
      elsewhere,
      tokens,
      slots,
      seen,
      oldestMs,
      unnumberedFromMs,
      maxUncounted,
    });
    const found = await replaying.catch((error: Error) => {
      onProblem(`${error.message}: read only in part`);
      return undefined;
    });
    await slots.begin(found !== undefined);
    if (found === undefined || found.hasEarlier) onEarlier();
    if (found !== undefined && found.left > 0) {
      onProblem(
        `${found.left} outcomes that no scrape has shown will be counted after a later start: one start counts at most ${found.uncounted.length}`,
      );
    }
    if (claims === undefined) unanswered = found?.unanswered ?? unanswered;
    for (const one of found?.uncounted ?? []) {
      const { token, place } = one;
      const count = () => counter.add(token, one, one.isOpen);
      if (claims === undefined || place === undefined) count();
      // its repetition is reported as counted before, so it has to be counted
      else claims.settle({ token, place, count });
    }
  }

  async function take(items: readonly unknown[]): Promise<Receipt> {
    await replayed;
    counter.settle();
    if (counter.isFull) {
      results.deferred += items.length;
      throw new IntakeUnavailable('too many outcomes are waiting for their model version to come back');
    }
    const oldestMs = now() - maxAgeMs;
    const doubtfulMs = Date.now() - maxAgeMs;
    const checking = checkOutcomes(items, { tokens, models, oldestMs, doubtfulMs });
    const { candidates, invalid, expired } = await checking.catch((error) => {
      if (!(error instanceof ModelUnavailable || error instanceof ClockDoubted)) throw error;
      results.deferred += items.length;
      throw new IntakeUnavailable(error.message, error);
    });
    results.expired += expired;
    for (const { reason } of invalid) results[reason]++;
    const receipt = { accepted: 0, duplicate: 0, expired, invalid };
    const { fresh, release } = await reserve(candidates, receipt);
    const before = receipt.accepted + receipt.duplicate;
    try {
      for (let i = 0; i < fresh.length; i += chunkSize) {
        await keepOutcomes(fresh.slice(i, i + chunkSize), options, {
          onKept: (candidate, line) => {
            count(candidate, line);
            accept(receipt, 1);
          },
          onRepeated: ({ token }) => {
            seen.add(token.key, token.timeMs);
            repeat(receipt, 1);
          },
          onDoubtful,
          isDoubtful: (key) => claims?.isOpen(key) === true,
        });
      }
      return receipt;
    } catch (error) {
      results.deferred += fresh.length - (receipt.accepted + receipt.duplicate - before);
      throw new IntakeUnavailable((error as Error).message, error as Error);
    } finally {
      release();
    }
  }

  /** Drops what was counted before, here or earlier in the batch, and reserves the rest for the caller. */
  async function reserve(candidates: readonly Candidate[], receipt: Receipt) {
    const unique = [...Map.groupBy(candidates, ({ token }) => token.key).values()].map(([first]) => first);
    repeat(receipt, candidates.length - unique.length);
    const reserved = await reservations.reserve(unique, ({ token }) => !seen.has(token.key));
    const kept = unique.filter(({ token }) => unanswered.delete(token.key)).length;
    accept(receipt, kept);
    repeat(receipt, unique.length - reserved.fresh.length - kept);
    return reserved;
  }

  function repeat(receipt: Receipt, count: number): void {
    receipt.duplicate += count;
    results.duplicate += count;
  }

  function accept(receipt: Receipt, count: number): void {
    receipt.accepted += count;
    results.accepted += count;
  }

  function count({ token, outcome }: Candidate, place: SlotLine): void {
    seen.add(token.key, token.timeMs);
    const delayS = Math.max(0, Date.now() - token.timeMs) / 1000;
    counter.add(token, { outcome, place, delayS }, true);
  }

  function onDoubtful(candidate: Candidate, place: SlotLine): void {
    const { token } = candidate;
    claims?.settle({ token, place, count: () => count(candidate, place) });
  }

  return {
    take,
    settle: counter.settle,
    results,
    held: {
      get size() {
        return counter.size;
      },
    },
    close() {
      claims?.close();
    },
  };
}

async function* nothing(): AsyncGenerator<never> {}
