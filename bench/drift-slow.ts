import { binCount } from '../src/stats/binning.ts';
import { createRandom, type Random } from '../src/stats/random.ts';
import { createSlowDrift, slowDriftRule } from '../src/stats/slow-drift.ts';
import { drawNormal } from './draw-normal.ts';
import { foldOutside, normal, type Population } from './drift-populations.ts';
import { change, changingTraffics, normalMovedBy, steadyTraffics, type Traffic } from './drift-traffics.ts';
import { drawReference } from './drift-windows.ts';
import { addRandomCounts, drawPoisson } from './random-counts.ts';

/** Many models with one variable each, in the same traffic. */
export type SlowJob = {
  readonly traffic: string;
  readonly referenceSamples: number;
  readonly requestsPerDay: number;
  readonly models: number;
  /** Of each model. */
  readonly days: number;
  readonly seed: number;
};

/**
 * For each model the days from the start, or from the change, until its slow drift is detected; Infinity if it is not.
 */
export type SlowDelays = readonly number[];

const restlessness = 0.1;

/** Nothing changes, or nothing permanently: every detection is false. */
export const steadySlowTraffics: Readonly<Record<string, Traffic>> = {
  flat: { ...steadyTraffics.flat, title: 'independent requests', requestsPerDay: [20, 350, 5000] },
  thrice: { ...steadyTraffics.thrice, requestsPerDay: [20, 350] },
  'six times': {
    ...steadyTraffics.flat,
    title: 'each request sent 6 times, which is beyond the guarantee',
    requestsPerDay: [20, 350],
    sends: 6,
  },
  restless: {
    title: `restless days: each moved by ± ${restlessness} σ (deviation)`,
    requestsPerDay: [20, 350, 5000],
    reference: normal(0, Math.sqrt(1 + restlessness ** 2)),
    createPopulation: (random) => () => normalMovedBy(restlessness * drawNormal(random)),
  },
  'weekend 0.6': { ...steadyTraffics['weekend 0.6'], requestsPerDay: [20, 350, 5000] },
};
export const steadyReferenceSizes = [200, 1000];

const rates = [5, 20, 40];

export const changingSlowTraffics: Readonly<Record<string, Traffic>> = {
  'step 1': { ...changingTraffics['step 1'], requestsPerDay: rates },
  'step 0.5': { ...changingTraffics['step 0.5'], requestsPerDay: rates },
  'step 0.5 thrice': {
    ...changingTraffics['step 0.5'],
    title: `${changingTraffics['step 0.5'].title}, each request sent 3 times`,
    requestsPerDay: rates,
    sends: 3,
  },
  'step 0.25': change('+ 0.25 σ at once', () => normalMovedBy(0.25), rates),
  slope: { ...changingTraffics.slope, requestsPerDay: rates },
};
export const changingReferenceSizes = [200, 1000, 5000];

export const slowTraffics: Readonly<Record<string, Traffic>> = {
  ...steadySlowTraffics,
  ...changingSlowTraffics,
};

/** Draws a reference and days of traffic for each model, and lets the daily bets of the service detect slow drift. */
export function findSlowDrift(job: SlowJob): SlowDelays {
  const random = createRandom(job.seed);
  return Array.from({ length: job.models }, () => findIn(slowTraffics[job.traffic], job, random));
}

function findIn(
  { reference: before, createPopulation, sends = 1, changesAt = 0 }: Traffic,
  { referenceSamples, requestsPerDay, days }: SlowJob,
  random: Random,
): number {
  const reference = drawReference(before, referenceSamples, random);
  const size = binCount(reference.bins);
  const values = size - 1;
  const bets = createSlowDrift(reference.counts.slice(0, values));
  const at = createPopulation(random);
  const known = new Map<Population, Float64Array>();
  for (let day = 0; day < days; day++) {
    const population = at(day);
    const cells = known.get(population) ?? population.cells(reference);
    known.set(population, cells);
    const drawn = new Float64Array(cells.length);
    addRandomCounts(drawn, drawPoisson(requestsPerDay / sends, random), cells, random, sends);
    foldOutside(drawn, reference.bins);
    bets?.addDay(drawn.subarray(0, values), day);
    if (day >= changesAt && (bets?.evidence() ?? 0) >= slowDriftRule.threshold) return day + 1 - changesAt;
  }
  return Number.POSITIVE_INFINITY;
}
