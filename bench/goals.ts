import type { Round } from './comparison.ts';
import { type Figure, summarise } from './figures.ts';
import type { MemoryCourse } from './memory.ts';
import type { Results } from './results.ts';

/** A figure of one run, and its goal. */
export type Goal = {
  /** Its name in the record of runs. */
  readonly key: string;
  readonly what: string;
  readonly sense: 'at most' | 'at least';
  readonly limit: number;
  readonly digits: number;
  /** `undefined` if the run did not measure what it needs. */
  readonly measure: (results: Results) => Figure | undefined;
};

export type Verdict = { readonly goal: Goal; readonly figure: Figure; readonly isMet: boolean };

type Quantity = 'requestsPerSecond' | 'p99Ms' | 'cpuMicros';
type Compared = Pick<Results, 'compared'>;

/** The goals of the service. Variants are named by the keys of variants.ts. */
export const goals: readonly Goal[] = [
  {
    key: 'watching-micros',
    what: 'watching an untraced request: µs of processor time above the unwatched service (V0 − U)',
    ...atMost(12, 1),
    measure: (results) => difference(results, 'V0', 'U'),
  },
  {
    key: 'watching-percent',
    what: 'the same, in per cent of the unwatched service (U)',
    ...atMost(35, 0),
    measure: (results) =>
      pair(results, 'V0', 'U', 'cpuMicros', (watched, bare) => 100 * (watched / bare - 1)),
  },
  {
    key: 'traced-micros',
    what: 'tracing a request when all are traced: µs of processor time above tracing none (V100 − V0)',
    ...atMost(70, 0),
    measure: (results) => difference(results, 'V100', 'V0'),
  },
  {
    key: 'traced-among-untraced-micros',
    what: 'tracing a request when one in ten is traced: µs of processor time per traced request (10 × (V10 − V0))',
    ...atMost(70, 0),
    measure: (results) =>
      pair(results, 'V10', 'V0', 'cpuMicros', (traced, untraced) => 10 * (traced - untraced)),
  },
  quotient('v10-against-b', 'V10', 'B', 'requests/s with 10 % traced, against bare Koa (V10 / B)', 0.8, 2),
  quotient(
    'v10-against-n10',
    'V10',
    'N10',
    'requests/s with 10 % traced, against Koa with auto-instrumentation sampling 10 % (V10 / N10)',
    2.5,
    2,
  ),
  quotient(
    'v100-against-n',
    'V100',
    'N',
    'requests/s with all traced, against Koa with auto-instrumentation tracing all (V100 / N)',
    2,
    2,
  ),
  quotient(
    'v10-against-py',
    'V10',
    'Py',
    'requests/s with 10 % traced, against FastAPI with OpenTelemetry and scikit-learn (V10 / Py)',
    20,
    1,
  ),
  {
    key: 'p99-against-b',
    what: 'p99 latency with 10 % traced, against bare Koa (V10 / B)',
    ...atMost(2, 2),
    measure: (results) => ratio(results, 'V10', 'B', 'p99Ms'),
  },
  {
    key: 'observe-ns',
    what: 'observing three features and the score, ns',
    ...atMost(300, 0),
    measure: ({ inProcess }) =>
      inProcess.find(({ part, features }) => part.startsWith('observe') && features === 3)?.ns,
  },
  {
    key: 'scrape-block-ms',
    what: 'event loop blocked by a scrape of 3 versions with 50 features, ms',
    ...atMost(15, 1),
    measure: ({ scrape }) => scrape.blockMs,
  },
  {
    key: 'memory-above-b-mb',
    what: 'memory after 10 s of load, MB above bare Koa (V10 − B)',
    ...atMost(100, 0),
    measure: ({ memory }) => summarise([memory.vigia.megabytes[0] - memory.bare.megabytes[0]]),
  },
  {
    key: 'memory-growth',
    what: 'memory under load, last third of the time against the second (V10)',
    ...atMost(1.1, 2),
    measure: ({ memory }) => summarise([growth(memory.vigia)]),
  },
];

/** Compares the results of one run with the goals; goals without figures are omitted. */
export function judge(results: Results): Verdict[] {
  return goals.flatMap((goal) => {
    const figure = goal.measure(results);
    return figure ? [{ goal, figure, isMet: meets(goal, figure.median) }] : [];
  });
}

/** The figures of one run by their keys. */
export function measureFigures(results: Results): Record<string, Figure> {
  return Object.fromEntries(judge(results).map(({ goal, figure }) => [goal.key, figure]));
}

/** Whether a figure reaches its goal. */
export function meets({ sense, limit }: Goal, value: number): boolean {
  return sense === 'at most' ? value <= limit : value >= limit;
}

/** As in `≤ 12`. */
export function formatLimit({ sense, limit }: Goal): string {
  return `${sense === 'at most' ? '≤' : '≥'} ${limit}`;
}

/** The quotient of two variants, round by round. */
export function ratio(results: Compared, key: string, base: string, quantity: Quantity): Figure | undefined {
  return pair(results, key, base, quantity, (value, baseValue) => value / baseValue);
}

/** Additional processor time per request of one variant over another, in µs, round by round. */
function difference(results: Compared, key: string, base: string): Figure | undefined {
  return pair(results, key, base, 'cpuMicros', (value, baseValue) => value - baseValue);
}

function pair(
  { compared }: Compared,
  key: string,
  base: string,
  quantity: Quantity,
  combine: (value: number, baseValue: number) => number,
): Figure | undefined {
  const find = (wanted: string): readonly Round[] | undefined =>
    compared.find(({ variant }) => variant.key === wanted)?.rounds;
  const [rounds, bases] = [find(key), find(base)];
  return rounds && bases && summarise(rounds.map((round, i) => combine(round[quantity], bases[i][quantity])));
}

function atMost(limit: number, digits: number): Pick<Goal, 'sense' | 'limit' | 'digits'> {
  return { sense: 'at most', limit, digits };
}

function quotient(
  key: string,
  variant: string,
  base: string,
  what: string,
  limit: number,
  digits: number,
): Goal {
  return {
    key,
    what,
    sense: 'at least',
    limit,
    digits,
    measure: (results) => ratio(results, variant, base, 'requestsPerSecond'),
  };
}

/** How much more memory was used in the last third of the time than in the third before. */
function growth({ megabytes }: MemoryCourse): number {
  const third = Math.floor(megabytes.length / 3);
  return Math.max(...megabytes.slice(-third)) / Math.max(...megabytes.slice(third, 2 * third));
}
