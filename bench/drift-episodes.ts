import { binCount, createBinner, quantileEdges } from '../src/stats/binning.ts';
import { countOccupied, driftRule, driftThreshold } from '../src/stats/drift.ts';
import { psiNoiseCeiling } from '../src/stats/noise-ceiling.ts';
import { psi } from '../src/stats/psi.ts';
import { createRandom, type Random } from '../src/stats/random.ts';
import { createSampler, normal } from './drift-populations.ts';

/** What the traffic of a model looks like that does not drift. */
export type Traffic = {
  /** Rows an hour, resent ones included. */
  readonly rowsPerHour: number;
  /** How often each applicant is sent: again 10 and 20 minutes after the first time. */
  readonly sends: number;
  /** The mean of every feature swings by this many deviations over the day. */
  readonly season: number;
};

export type EpisodesJob = {
  readonly traffic: Traffic;
  /** Features times years: 50 features for a year are 50. */
  readonly featureYears: number;
  readonly seed: number;
};

/** The tests compared: the ticket's, the same with every row taken as independent, and fixed thresholds. */
export const tests = ['ticket', 'no design effect', 'psi > 0.1', 'psi > 0.2'] as const;

export type Episodes = {
  readonly featureYears: number;
  readonly fired: Readonly<Record<(typeof tests)[number], number>>;
};

// One tick is one look: 30 s.
const day = 24 * 120;
const year = 365 * day;
const pendingFor = 15 * 2;
const resendAfter = 10 * 2;
const batchRows = 50;
const minSamples = 300;
const referenceSamples = 1000;
const phases = 48;

/**
 * Counts how often the ticket alert fires in traffic without drift: the test on a window of 24 h, at least 300 rows,
 * looked at every 30 s, true for 15 minutes. Rows arrive in batches of 50 at random times. Each feature has its own
 * reference of 1,000 rows, drawn from the population of a whole day.
 */
export function countEpisodes(job: EpisodesJob): Episodes {
  const random = createRandom(job.seed);
  return mergeEpisodes(Array.from({ length: job.featureYears }, () => oneFeatureYear(job.traffic, random)));
}

/** Adds up the parts of one traffic. */
export function mergeEpisodes(parts: readonly Episodes[]): Episodes {
  const sum = (test: (typeof tests)[number]) => parts.reduce((total, { fired }) => total + fired[test], 0);
  return {
    featureYears: parts.reduce((total, part) => total + part.featureYears, 0),
    fired: {
      ticket: sum('ticket'),
      'no design effect': sum('no design effect'),
      'psi > 0.1': sum('psi > 0.1'),
      'psi > 0.2': sum('psi > 0.2'),
    },
  };
}

function oneFeatureYear(traffic: Traffic, random: Random): Episodes {
  const { reference, samplers } = createFeature(traffic.season, random);
  const size = reference.length;
  const occupied = countOccupied(reference);
  const smoothing = { pseudoCount: driftRule.pseudoCount };

  // Each batch enters the window once a send and leaves it a day later; each of these streams is in order of time.
  const { starts, batches } = drawBatches(traffic, samplers, size, random);
  const streams = Array.from({ length: 2 * traffic.sends }, (_, i) => ({
    delay: (i >> 1) * resendAfter + (i % 2) * day,
    sign: i % 2 === 0 ? 1 : -1,
    next: 0,
  }));
  const live = new Float64Array(size);
  let samples = 0;
  const alerts = tests.map(createAlert);
  for (;;) {
    let now = Infinity;
    for (const { next, delay } of streams)
      if (next < starts.length) now = Math.min(now, starts[next] + delay);
    if (now >= year + day) break;
    for (const stream of streams) {
      while (stream.next < starts.length && starts[stream.next] + stream.delay === now) {
        const from = stream.next * size;
        for (let bin = 0; bin < size; bin++) live[bin] += stream.sign * batches[from + bin];
        samples += stream.sign * batchRows;
        stream.next++;
      }
    }
    // The first day only fills the window.
    if (now < day) continue;
    const value = samples >= minSamples ? psi(reference, live, { smoothing }) : 0;
    const isDrift = (designEffect: number) =>
      value > driftThreshold(noiseCeiling(samples / designEffect, occupied));
    const conditions = [isDrift(driftRule.alertDesignEffect), isDrift(1), value > 0.1, value > 0.2];
    conditions.forEach((condition, i) => {
      alerts[i].look(now, condition);
    });
  }
  const [ticket, bare, over01, over02] = alerts.map((alert) => alert.fired(year + day));
  const fired = { ticket, 'no design effect': bare, 'psi > 0.1': over01, 'psi > 0.2': over02 };
  return { featureYears: 1, fired };
}

function noiseCeiling(samples: number, occupied: number): number {
  return psiNoiseCeiling(samples, referenceSamples, occupied, driftRule.ceilingZ);
}

/** A feature's reference and, for each half hour of the day, what draws its bins. */
function createFeature(season: number, random: Random) {
  const halfHours = Array.from({ length: phases }, (_, i) =>
    normal(season * Math.sin((2 * Math.PI * i) / phases)),
  );
  const { values } = halfHours[0];
  const wholeDay = values.map(
    (_, i) => halfHours.reduce((sum, { probabilities }) => sum + probabilities[i], 0) / phases,
  );
  const drawn = new Float64Array(values.length);
  createSampler(wholeDay, random)(drawn, referenceSamples);

  const rows = values.flatMap((value, i) => Array<number>(drawn[i]).fill(Number(value)));
  const bins = { kind: 'numeric', edges: quantileEdges(rows, 10) } as const;
  const binOf = createBinner(bins);
  const toBins = (amounts: ArrayLike<number>) => {
    const sums = new Array<number>(binCount(bins)).fill(0);
    values.forEach((value, i) => {
      sums[binOf(value)] += amounts[i];
    });
    return sums;
  };
  const samplers = halfHours.map(({ probabilities }) => createSampler(toBins(probabilities), random));
  return { reference: toBins(drawn), samplers };
}

function drawBatches(
  traffic: Traffic,
  samplers: ReturnType<typeof createSampler>[],
  size: number,
  random: Random,
): { starts: number[]; batches: Uint8Array } {
  const ticksBetween = (120 * batchRows * traffic.sends) / traffic.rowsPerHour;
  const starts: number[] = [];
  let time = 0;
  while (time < year + day) {
    starts.push(Math.floor(time));
    time -= Math.log(1 - random()) * ticksBetween;
  }
  const batches = new Uint8Array(starts.length * size);
  const counts = new Float64Array(size);
  starts.forEach((start, i) => {
    counts.fill(0);
    samplers[Math.floor(((start % day) / day) * phases)](counts, batchRows);
    batches.set(counts, i * size);
  });
  return { starts, batches };
}

/** An alert with `for`: it fires once its condition was true at every look of `pendingFor` ticks. */
function createAlert() {
  let since: number | null = null;
  let episodes = 0;
  const end = (now: number) => {
    if (since !== null && now - since > pendingFor) episodes++;
    since = null;
  };
  return {
    /** The condition from this look until the next change. */
    look(now: number, condition: boolean) {
      if (!condition) end(now);
      else since ??= now;
    },
    fired(now: number) {
      end(now);
      return episodes;
    },
  };
}
