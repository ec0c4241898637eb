import { promql } from './promql.ts';
import type { RecordingRule, RuleGroup } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';

/** Read from the raw counters, every 30 s. */
export const shortWindows = ['10m', '1h'] as const;

/** Added up from recorded increments: a day of raw counters, with every replica that came and went, costs too much. */
export const longWindows = ['24h', '7d'] as const;

export type RuleWindow = (typeof shortWindows)[number] | (typeof longWindows)[number];

/** The period of one recorded increment, and of the group that records them: each observation is in exactly one. */
const increment = '5m';
const twoIncrements = '10m';

/** An expression for what is counted in a period, given one for how much a counter rose in it. */
export type Count = (rise: (counter: string) => string) => string;

/**
 * A count over each window. The result is `NAME:increase{window}`, and `NAME:increase5m` is what the long windows are
 * added up from.
 */
export type WindowedCount = {
  readonly name: string;
  readonly count: Count;
  /** Holds where the window has no sample at all. */
  readonly otherwise?: string;
};

/**
 * The groups that give `counts` over all windows: two that prepare the long ones, then the one that does the rest,
 * with `before` ahead of the counts and `after` derived from them.
 *
 * Increments are recorded at the same period as they span, so none overlaps another; a missed evaluation leaves a gap
 * and never a double count. They are read by `sum_over_time` only: as instant values they would be stale for a moment
 * before each evaluation, for the period is Prometheus' look-back. What is read as it stands is recorded every 2 min.
 */
export function windowGroups(
  name: string,
  counts: readonly WindowedCount[],
  scales: Scales,
  { before = [], after }: DerivedRules,
): RuleGroup[] {
  const { time } = scales;
  return [
    incrementGroup(name, counts, scales),
    {
      name: `${name}-long-windows`,
      interval: time('2m'),
      rules: overLongWindows(counts, scales),
    },
    {
      name,
      interval: time('30s'),
      rules: [
        ...before,
        ...over(counts, shortWindows, scales, ({ count }, range) => count(increase(range))),
        ...after,
      ],
    },
  ];
}

/** The groups that give `counts` over the long windows alone: what is derived from them needs no 30 s. */
export function longWindowGroups(
  name: string,
  counts: readonly WindowedCount[],
  scales: Scales,
  { before = [], after }: DerivedRules,
): RuleGroup[] {
  return [
    incrementGroup(name, counts, scales),
    {
      name,
      interval: scales.time('2m'),
      rules: [...before, ...overLongWindows(counts, scales), ...after],
    },
  ];
}

/** What stands ahead of the counts, and what is derived from them. */
type DerivedRules = { readonly before?: readonly RecordingRule[]; readonly after: readonly RecordingRule[] };

function incrementGroup(group: string, counts: readonly WindowedCount[], scales: Scales): RuleGroup {
  const increments = counts.map(({ name, count }) => ({ record: `${name}:increase5m`, count }));
  return recordIncrements(group, increments, scales);
}

/** The group that records the increments of `group`, each under the name and labels that it comes with. */
export function recordIncrements(
  group: string,
  increments: readonly (Omit<RecordingRule, 'expr'> & { readonly count: Count })[],
  scales: Scales,
): RuleGroup {
  const rise = riseOverIncrement(scales);
  return {
    name: `${group}-increments`,
    interval: scales.time(increment),
    rules: increments.map(({ count, ...rule }) => ({ ...rule, expr: count(rise) })),
  };
}

/**
 * How much counters rose over a range that is not added to others: an estimate, as the edges of the range fall between
 * two scrapes.
 */
export function increase(range: string): (counter: string) => string {
  return (counter) => `increase(${counter}[${range}])`;
}

/**
 * How much counters rose over an increment: from their last value before it to the last one in it, so that whatever is
 * counted is in exactly one increment, at any scrape interval and even if scrapes fail. With `increase` alone, what the
 * first scrape within its range is the first to see would be in no increment, such as a night's outcomes, reported at
 * once. `increase` stands in where a process has restarted since that last value, or where there is no such value.
 */
function riseOverIncrement({ time }: Scales): (counter: string) => string {
  return (counter) => {
    const now = `${counter}[${time(increment)}]`;
    const before = `${now} offset ${time(increment)}`;
    const both = `${counter}[${time(twoIncrements)}]`;
    return promql`
      last_over_time(${now}) - last_over_time(${before})
        unless resets(${both}) > resets(${before})
        or increase(${now})`;
  };
}

function overLongWindows(counts: readonly WindowedCount[], scales: Scales): RecordingRule[] {
  return over(
    counts,
    longWindows,
    scales,
    ({ name }, range) => `sum_over_time(${name}:increase5m[${range}])`,
  );
}

function over(
  counts: readonly WindowedCount[],
  windows: readonly string[],
  { time }: Scales,
  expr: (count: WindowedCount, range: string) => string,
): RecordingRule[] {
  return counts.flatMap((count) =>
    windows.map((window) => ({
      record: `${count.name}:increase`,
      labels: { window },
      expr: orElse(expr(count, time(window)), count.otherwise),
    })),
  );
}

function orElse(expr: string, otherwise: string | undefined): string {
  return otherwise === undefined
    ? expr
    : promql`
        ${expr}
          or ${otherwise}`;
}
