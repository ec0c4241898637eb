import type { Exposition, Scrape } from './history.ts';
import { slotOf } from './history.ts';

/** One text for each series: a part of an exposition would keep all of it in memory. */
const names = new Map<string, string>();

function nameOnce(series: string): string {
  const known = names.get(series);
  if (known === undefined) names.set(series, series);
  return known ?? series;
}

/** Reads the counters of an exposition, and what histograms count, in Prometheus' text format. */
export function parseExposition(text: string): Exposition {
  const counters = new Map<string, number>();
  const types = new Map<string, string>();
  let startTime = Number.NaN;
  for (const line of text.split('\n')) {
    const [, declared, type] = /^# TYPE (\S+) (\S+)/.exec(line) ?? [];
    if (declared !== undefined) types.set(declared, type);
    if (line === '' || line.startsWith('#')) continue;
    const end = line.lastIndexOf(' ');
    const series = line.slice(0, end);
    const value = Number(line.slice(end + 1));
    const name = /^[^{]+/.exec(series)?.[0] ?? '';
    if (name === 'process_start_time_seconds') startTime = value;
    const isHistogram = types.get(name.replace(/_(bucket|count|sum)$/, '')) === 'histogram';
    if (types.get(name) === 'counter' || isHistogram) counters.set(nameOnce(series), value);
  }
  if (Number.isNaN(startTime)) throw new Error('the exposition does not say when the process started');
  return { startTime, counters };
}

/** A counter that went down within a process, or is not a number. */
export type BrokenCounter = {
  readonly series: string;
  readonly from: number;
  readonly to: number;
  readonly at: Scrape;
};

/**
 * Sums what each series has increased by, as Prometheus' `increase` does without its extrapolation: the first value of
 * a series is where it begins, and a value below the previous one is a counter that has restarted at 0. A process is
 * distinguished from the previous one on the same target by its start time.
 *
 * @param scrapes in the order in which they were made; those without an answer show nothing
 */
export function sumIncreases(scrapes: Iterable<Scrape>): {
  readonly increases: ReadonlyMap<string, number>;
  readonly broken: readonly BrokenCounter[];
} {
  const increases = new Map<string, number>();
  const broken: BrokenCounter[] = [];
  const last = new Map<string, ReadonlyMap<string, number>>();
  for (const at of scrapes) {
    const { exposition } = at.answer ?? {};
    if (exposition === undefined) continue;
    const target = `${slotOf(at.process)} ${exposition.startTime}`;
    const before = last.get(target);
    last.set(target, exposition.counters);
    for (const [series, to] of exposition.counters) {
      const from = before?.get(series) ?? to;
      if (!Number.isFinite(to) || to < from) broken.push({ series, from, to, at });
      increases.set(series, (increases.get(series) ?? 0) + (to < from ? to : to - from));
    }
  }
  return { increases, broken };
}

export type Labels = Readonly<Record<string, string>>;

/** The labels of a series of this name, `undefined` for a series of another. */
export function labelsOf(series: string, name: string): Labels | undefined {
  if (!series.startsWith(`${name}{`)) return undefined;
  const pairs = series.slice(name.length).matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, key, value]) => [key, value]));
}
