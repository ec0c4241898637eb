import { diskTroubles } from './disk-troubles.ts';
import type { Finding, History } from './history.ts';
import { readLines } from './kept-lines.ts';
import { endOf, type Life, livesOf } from './lives.ts';

/** A sample is written after this time at the latest. */
const flushMs = 500;
/** How late a timer may be, and a write take, where other programs have the processor. */
const lateMs = 1500;
/** After a write that failed, the next one is tried after this time at the latest. */
const retryMs = 5000;

/**
 * The sample of every answered prediction is in the files exactly once, but for those that were deleted, and those of
 * the last 500 ms before a kill, which were in memory, as were those that waited for a disk with room.
 */
export function checkSamples(history: History): Finding[] {
  const { byId, torn } = readLines(history.samples);
  const lives = livesOf(history);
  const findings = [...torn];
  for (const life of lives.values()) {
    const lines = byId.get(life.id) ?? [];
    if (lines.length > 1) {
      findings.push({ rule: 'sample-twice', message: `${lines.length} samples`, ids: [life.id] });
    }
    if (lines.length === 0 && life.forgets.length === 0 && !mayBeLost(life, history)) {
      findings.push({ rule: 'sample-lost', message: 'no sample', ids: [life.id] });
    }
  }
  return findings;
}

function mayBeLost({ predict }: Life, history: History): boolean {
  const end = endOf(history, predict.process);
  if (end === undefined) return false;
  const answeredMs = predict.endedMs ?? Number.POSITIVE_INFINITY;
  const { begunMs, endedMs = Number.POSITIVE_INFINITY, signal } = end;
  const isKill = signal === 'SIGKILL';
  if (isKill && answeredMs > begunMs - flushMs - lateMs) return true;
  const [fromMs, toMs] = isKill ? [begunMs - flushMs - lateMs - retryMs, begunMs] : [begunMs, endedMs];
  return diskTroubles(history).some(
    (trouble) =>
      trouble.fromMs < toMs && trouble.toMs > fromMs && answeredMs > trouble.fromMs - flushMs - lateMs,
  );
}
