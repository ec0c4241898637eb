import type { LabelTally } from './labels.ts';
import type { Sent } from './send-requests.ts';
import type { Tally } from './tally.ts';

const count = new Intl.NumberFormat('en');

function milliseconds(value: number): string {
  return Number.isNaN(value) ? '–' : `${value.toPrecision(value < 1000 ? 3 : 4)} ms`;
}

function formatClock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * One line about the progress of the traffic.
 *
 * @param totalMs how long it takes in all; `undefined` where it has no end
 */
export function progressLine(tally: Tally, elapsedMs: number, totalMs?: number): string {
  const left = totalMs === undefined ? '' : `, ${formatClock(Math.max(0, totalMs - elapsedMs))} left`;
  const clock = `${formatClock(elapsedMs)}${left}`;
  const statuses = tally.outcomes().map((outcome) => `${outcome.name} × ${count.format(outcome.count)}`);
  return `${clock}  ${statuses.join('  ')}  p50 ${milliseconds(tally.latencyMs(0.5))}`;
}

/** What was sent, what was answered and how long it took, as lines of text. */
export function summaryLines({ sent, overdue, elapsedMs }: Sent, tally: Tally): string[] {
  const seconds = elapsedMs / 1000;
  const rate = seconds > 0 ? ` (${(sent / seconds).toFixed(1)}/s)` : '';
  const lines = [`sent ${count.format(sent)} requests in ${seconds.toFixed(1)} s${rate}`];
  for (const outcome of tally.outcomes()) {
    lines.push(`${count.format(outcome.count).padStart(9)}  ${outcome.name}`);
  }
  lines.push(
    `latency p50 ${milliseconds(tally.latencyMs(0.5))}, p99 ${milliseconds(tally.latencyMs(0.99))}, counted from the moment each was due`,
  );
  if (overdue > 0) {
    lines.push(`${count.format(overdue)} more were due but not sent: too many were waiting for an answer`);
  }
  return lines;
}

/** What happened to the outcomes, in one line. */
export function outcomesLine({ sent, failed, ...results }: LabelTally): string {
  const parts = Object.entries(results).filter(([, number]) => number > 0);
  const texts = parts.map(([name, number]) => `${count.format(number)} ${name}`);
  const lost = failed > 0 ? [`${count.format(failed)} not answered`] : [];
  return `reported ${count.format(sent)} outcomes: ${[...texts, ...lost].join(', ') || 'none came due'}`;
}
