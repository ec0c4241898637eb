import { type Figure, summarise } from './figures.ts';
import type { MemoryCourse } from './memory.ts';
import type { Results } from './results.ts';

/** What the service is meant to reach, and what it reached. */
export type Goal = { readonly goal: string; readonly measured: string; readonly isMet: boolean };

/** Holds the results of one run against the goals; one whose figures are lacking is left out. */
export function judge(results: Results): Goal[] {
  const { inProcess, scrape, memory } = results;
  const observe = inProcess.find(({ part, features }) => part.startsWith('observe') && features === 3);
  return [
    ...atLeast(results, 'V10', 'B', 0.8, 'requests/s, 10 % traced, against bare Koa (B)'),
    ...atLeast(results, 'V10', 'B', 1, 'the same, stretch'),
    ...atLeast(results, 'V1', 'B', 0.85, 'requests/s, 1 % traced, against B'),
    ...atLeast(results, 'V10', 'N', 4, 'requests/s, 10 % traced, against auto-instrumented Koa (N)'),
    ...atLeast(results, 'V10', 'Pd', 20, 'requests/s, 10 % traced, against FastAPI with OpenTelemetry (Pd)'),
    ...atLeast(results, 'V10', 'Py', 20, 'the same, its pipeline without pandas (Py)'),
    ...latencyGoal(results),
    observe && {
      goal: 'observing three features and the score ≤ 300 ns',
      measured: `${observe.ns.median.toFixed(0)} ns`,
      isMet: observe.ns.median <= 300,
    },
    {
      goal: `a scrape with ${scrape.features} features and ${scrape.versions} versions blocks the event loop ≤ 15 ms`,
      measured: `${scrape.blockMs.median.toFixed(1)} ms (${scrape.series.toLocaleString('en')} series)`,
      isMet: scrape.blockMs.median <= 15,
    },
    memoryGoal(memory.bare, memory.vigia),
    flatGoal(memory.vigia),
    growthGoal(results),
  ].filter((goal) => goal !== undefined);
}

/** The quotient of two variants, round by round. */
export function ratio(
  results: Results,
  key: string,
  base: string,
  figure: 'requestsPerSecond' | 'p99Ms' | 'cpuMicros',
): Figure | undefined {
  const find = (wanted: string) => results.compared.find(({ variant }) => variant.key === wanted)?.rounds;
  const [rounds, bases] = [find(key), find(base)];
  return rounds && bases && summarise(rounds.map((round, i) => round[figure] / bases[i][figure]));
}

export function formatRatio({ median, min, max }: Figure): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

function atLeast(results: Results, key: string, base: string, least: number, what: string): Goal[] {
  const found = ratio(results, key, base, 'requestsPerSecond');
  if (!found) return [];
  return [
    { goal: `${what} ≥ ${least.toFixed(2)}`, measured: formatRatio(found), isMet: found.median >= least },
  ];
}

function latencyGoal(results: Results): Goal[] {
  const found = ratio(results, 'V10', 'B', 'p99Ms');
  if (!found) return [];
  return [
    { goal: 'p99, 10 % traced, against B ≤ 2.00', measured: formatRatio(found), isMet: found.median <= 2 },
  ];
}

function memoryGoal(bare: MemoryCourse, vigia: MemoryCourse): Goal {
  const [own] = vigia.megabytes;
  const [base] = bare.megabytes;
  return {
    goal: 'memory after 10 s of load ≤ B + 100 MB',
    measured: `${own.toFixed(0)} MB, B ${base.toFixed(0)} MB`,
    isMet: own <= base + 100,
  };
}

/** Flat: the last third of the time holds no more than a tenth above the third before. */
function flatGoal({ megabytes, sliceSeconds }: MemoryCourse): Goal {
  const third = Math.floor(megabytes.length / 3);
  const greatest = (values: readonly number[]) => Math.max(...values);
  const middle = greatest(megabytes.slice(third, 2 * third));
  const last = greatest(megabytes.slice(-third));
  return {
    goal: `memory flat over ${megabytes.length * sliceSeconds} s of load`,
    measured: `at most ${middle.toFixed(0)} MB in the second third, ${last.toFixed(0)} MB in the last`,
    isMet: last <= middle * 1.1,
  };
}

function growthGoal({ features }: Results): Goal {
  const cost = features.map(({ cpuMicros }) => cpuMicros.median);
  const isMet = features.every(
    (entry, i) => i === 0 || cost[i] / cost[i - 1] <= entry.features / features[i - 1].features,
  );
  return {
    goal: 'processor time a request grows at most linearly with the features',
    measured: features.map((entry, i) => `${entry.features}: ${cost[i].toFixed(0)} µs`).join(', '),
    isMet,
  };
}
