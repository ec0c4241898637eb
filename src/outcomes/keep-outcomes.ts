import { setTimeout as delay } from 'node:timers/promises';
import type { JsonlWriter } from '../files/jsonl-writer.ts';
import { isoTime } from '../times/iso-time.ts';
import type { Candidate } from './check-outcomes.ts';
import type { Outcome } from './outcome.ts';
import { claimMs, type SharedStore } from './shared-store.ts';
import type { SlotLine } from './slot.ts';
import type { Slots } from './slots.ts';

const pendingPollMs = 100;

/** The file in which outcomes are stored. */
export type Store = {
  readonly writer: Pick<JsonlWriter, 'appendDurably'>;
  readonly shared?: SharedStore | undefined;
  /** Numbers the lines. */
  readonly slots: Pick<Slots, 'own' | 'take'>;
  /** Age of a prediction at which its outcome can be forgotten. */
  readonly maxAgeMs: number;
};

/** Called once for each outcome: it is stored and counts, or another replica has counted it. */
export type Keeping = {
  readonly onKept: (candidate: Candidate, line: SlotLine) => void;
  readonly onRepeated: (candidate: Candidate) => void;
  /** Called for an outcome that is in the file but of which it is unknown whether the shared store has confirmed it. */
  readonly onDoubtful: (candidate: Candidate, line: SlotLine) => void;
  /** Whether an outcome has been reported as doubtful, and not been settled since. */
  readonly isDoubtful: (key: bigint) => boolean;
};

/**
 * Writes outcomes to disk. If replicas share a store, outcomes are claimed before and confirmed afterwards, and only
 * confirmed ones count; if another replica has just claimed one, its result is awaited.
 *
 * @throws Error if the disk or the store does not accept them; what was reported until then stays valid
 */
export async function keepOutcomes(
  outcomes: readonly Candidate[],
  { writer, shared, slots, maxAgeMs }: Store,
  { onKept, onRepeated, onDoubtful, isDoubtful }: Keeping,
): Promise<void> {
  /** @returns the line of each outcome */
  async function write(some: readonly Candidate[]): Promise<readonly SlotLine[]> {
    const slot = slots.own;
    const first = slots.take(some.length);
    const lastLine = first + some.length - 1;
    const context = { time: isoTime(Date.now()), slot: slot.number, lastLine };
    const lines = some.map((candidate, i) =>
      JSON.stringify(describe(candidate, { ...context, line: first + i })),
    );
    try {
      // if this fails, none is stored; in chunks, so that a single disk error does not reject all of them
      await writer.appendDurably(lines).catch(() => writer.appendDurably(lines));
    } catch (error) {
      for (let line = first; line <= lastLine; line++) slot.giveUp(line);
      throw error;
    }
    return some.map((_, i) => ({ slot, line: first + i }));
  }

  async function keepClaimed(some: readonly Candidate[], store: SharedStore): Promise<void> {
    if (some.length === 0) return;
    const lines = await write(some);
    const confirming = store.confirm(
      some.map(({ token }) => token.key),
      some.map(({ token }) => token.timeMs + maxAgeMs),
    );
    const confirmed = await confirming.catch((error) => {
      for (const [i, candidate] of some.entries()) onDoubtful(candidate, lines[i]);
      throw error;
    });
    for (const [i, candidate] of some.entries()) {
      if (confirmed[i]) {
        onKept(candidate, lines[i]);
      } else {
        lines[i].slot.leave(lines[i].line);
        onRepeated(candidate);
      }
    }
  }

  if (shared === undefined) {
    const lines = await write(outcomes);
    for (const [i, candidate] of outcomes.entries()) onKept(candidate, lines[i]);
    return;
  }
  const deadlineMs = performance.now() + 2 * claimMs;
  for (let open = outcomes; ; ) {
    // these already have a line through which they will be counted
    const doubtful = open.map(({ token }) => isDoubtful(token.key));
    const states = (await shared.claim(open.map(({ token }) => token.key))).map((state, i) => {
      if (doubtful[i]) return 'pending';
      return state === 'own' ? 'confirmed' : state;
    });
    open.filter((_, i) => states[i] === 'confirmed').forEach(onRepeated);
    await keepClaimed(
      open.filter((_, i) => states[i] === 'claimed'),
      shared,
    );
    open = open.filter((_, i) => states[i] === 'pending');
    if (open.length === 0) return;
    if (performance.now() > deadlineMs)
      throw new Error('the same outcomes are still being stored, here or elsewhere');
    await delay(pendingPollMs);
  }
}

function describe(
  { id, token, model, outcome }: Candidate,
  { time, slot, line, lastLine }: Pick<Outcome, 'time' | 'slot' | 'line' | 'lastLine'>,
): Outcome {
  const { name, version, classes } = model;
  return {
    time,
    id,
    outcome: classes[outcome],
    model: name,
    version,
    score: token.score,
    prediction: classes[token.predictedClass],
    predictedAt: isoTime(token.timeMs),
    slot,
    line,
    lastLine,
  };
}
