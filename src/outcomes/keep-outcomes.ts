import { setTimeout as delay } from 'node:timers/promises';
import { isoTime } from '../samples/iso-time.ts';
import type { JsonlWriter } from '../samples/jsonl-writer.ts';
import type { Candidate } from './check-outcomes.ts';
import type { Outcome } from './outcome.ts';
import { claimMs, type SharedMemory } from './shared-memory.ts';

const pendingPollMs = 100;

/** Where outcomes are kept. */
export type Store = {
  readonly writer: Pick<JsonlWriter, 'appendDurably'>;
  readonly shared?: SharedMemory | undefined;
  /** Age of a prediction at which its outcome can be forgotten. */
  readonly maxAgeMs: number;
};

/** Told of each outcome once: that it is kept and counts, or that another replica has counted it. */
export type Keeping = {
  readonly onKept: (candidate: Candidate) => void;
  readonly onRepeated: (candidate: Candidate) => void;
};

/**
 * Writes outcomes to disk. Where replicas share a memory they are claimed before and confirmed after, and only what was
 * confirmed counts; what another replica has just claimed is waited for.
 *
 * @throws Error when the disk or the memory does not take them; what was told until then stays
 */
export async function keepOutcomes(
  outcomes: readonly Candidate[],
  { writer, shared, maxAgeMs }: Store,
  { onKept, onRepeated }: Keeping,
): Promise<void> {
  async function write(some: readonly Candidate[]): Promise<void> {
    const time = isoTime(Date.now());
    await writer.appendDurably(some.map((candidate) => JSON.stringify(describe(candidate, time))));
  }

  async function keepClaimed(some: readonly Candidate[], memory: SharedMemory): Promise<void> {
    if (some.length === 0) return;
    await write(some);
    const confirmed = await memory.confirm(
      some.map(({ token }) => token.key),
      some.map(({ token }) => token.timeMs + maxAgeMs),
    );
    for (const [i, candidate] of some.entries()) (confirmed[i] ? onKept : onRepeated)(candidate);
  }

  if (shared === undefined) {
    await write(outcomes);
    outcomes.forEach(onKept);
    return;
  }
  const deadlineMs = performance.now() + 2 * claimMs;
  for (let open = outcomes; ; ) {
    const states = await shared.claim(open.map(({ token }) => token.key));
    open.filter((_, i) => states[i] === 'confirmed').forEach(onRepeated);
    await keepClaimed(
      open.filter((_, i) => states[i] === 'claimed'),
      shared,
    );
    open = open.filter((_, i) => states[i] === 'pending');
    if (open.length === 0) return;
    if (performance.now() > deadlineMs) throw new Error('another replica holds on to the same outcomes');
    await delay(pendingPollMs);
  }
}

function describe({ id, token, model, isPositive }: Candidate, time: string): Outcome {
  const { model: name, version, classes } = model;
  return {
    time,
    id,
    outcome: classes[isPositive ? 1 : 0],
    model: name,
    version,
    score: token.score,
    prediction: classes[token.isPositive ? 1 : 0],
    predictedAt: isoTime(token.timeMs),
  };
}
