import { backtest } from '../src/report/compute/backtest.ts';
import { onlyCounted, type ReferenceVariable } from '../src/report/compute/drift-reference.ts';
import { binCount } from '../src/stats/binning.ts';
import { createRandom, type Random } from '../src/stats/random.ts';
import { foldOutside, type Population } from './drift-populations.ts';
import { type Traffic, traffics } from './drift-traffics.ts';
import { drawReference } from './drift-windows.ts';
import { addRandomCounts, drawPoisson } from './random-counts.ts';

export type TrafficJob = {
  readonly traffic: string;
  readonly requestsPerDay: number;
  readonly features: number;
  readonly days: number;
  readonly seed: number;
};

/** What the alerts did over all features. */
export type Episodes = {
  readonly featureDays: number;
  /** How often, by the alert's name. */
  readonly fired: Readonly<Record<string, number>>;
  /** For each feature, the days from the change to the first alert after it; Infinity without one. */
  readonly delays: readonly number[];
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** A Monday. */
const startMs = Date.parse('2026-01-05T00:00:00Z');
const referenceSamples = 1000;
/** Days of traffic before alerts count: a new model has no earlier week to compare its first weekend with. */
export const warmUpDays = 14;

/**
 * Replays the alerts over the traffic of a number of features, each with its own reference, with the report's own
 * backtest. It checks every hour, and every quarter of an hour if an hour has enough requests to be judged.
 */
export function replayTraffic(job: TrafficJob): Episodes {
  const random = createRandom(job.seed);
  const traffic = traffics[job.traffic];
  return mergeEpisodes(Array.from({ length: job.features }, () => replayFeature(traffic, job, random)));
}

/** Adds up the parts of one traffic. */
export function mergeEpisodes(parts: readonly Episodes[]): Episodes {
  const fired: Record<string, number> = {};
  for (const part of parts) {
    for (const [alert, times] of Object.entries(part.fired)) {
      fired[alert] = (fired[alert] ?? 0) + times;
    }
  }
  return {
    featureDays: parts.reduce((sum, part) => sum + part.featureDays, 0),
    fired,
    delays: parts.flatMap((part) => part.delays),
  };
}

function replayFeature(traffic: Traffic, { requestsPerDay, days }: TrafficJob, random: Random): Episodes {
  const { bins, counts, range } = drawReference(traffic.reference, referenceSamples, random);
  const variable: ReferenceVariable = { ...onlyCounted, name: 'x', bins, counts, range: range ?? null };
  const stepMs = requestsPerDay < 10_000 ? 60 * minuteMs : 15 * minuteMs;
  const at = traffic.createPopulation(random);
  const known = new Map<Population, Float64Array>();
  const cellsOf = (population: Population) => {
    const cells =
      known.get(population) ?? population.cells({ name: 'x', bins, counts, ...(range && { range }) });
    known.set(population, cells);
    return cells;
  };
  const { sends = 1, batchRows = 1 } = traffic;
  const arrivals = (requestsPerDay * stepMs) / dayMs / sends / batchRows;
  const size = binCount(bins);
  const steps = Array.from({ length: (days * dayMs) / stepMs }, (_, i) => {
    const cells = cellsOf(at((i * stepMs) / dayMs));
    const drawn = new Float64Array(cells.length);
    const came = drawPoisson(arrivals, random);
    if (batchRows === 1) addRandomCounts(drawn, came, cells, random, sends);
    else for (let n = 0; n < came; n++) addRandomCounts(drawn, batchRows, cells, random, sends);
    const outside = foldOutside(drawn, bins);
    const counted = Uint32Array.from([...drawn.subarray(0, size), outside]);
    return { fromMs: startMs + i * stepMs, counts: counted };
  });
  const alarms = backtest({ stepMs, add: () => {}, steps: () => steps }, [variable], null);

  const daysOf = (time: string) => (Date.parse(time) - startMs) / dayMs;
  const fired: Record<string, number> = {};
  for (const { alert, from } of alarms) {
    if (daysOf(from) >= warmUpDays) fired[alert] = (fired[alert] ?? 0) + 1;
  }
  const { changesAt = 0 } = traffic;
  // An alert that is already firing at the change was about something else.
  const first = alarms.find(({ from }) => daysOf(from) > changesAt);
  return {
    featureDays: days - warmUpDays,
    fired,
    delays: [first === undefined ? Number.POSITIVE_INFINITY : daysOf(first.from) - changesAt],
  };
}
