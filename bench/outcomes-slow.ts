import { defaultAlertSettings } from '../src/alerts/alert-settings.ts';
import { compareBands, compareObserved } from '../src/monitor/performance-calibration.ts';
import { scoreBandEdges, sumByScoreBand } from '../src/monitor/score-bands.ts';
import { createSlowOutcomes } from '../src/monitor/slow-outcomes.ts';
import { numericBinIndex } from '../src/stats/binning.ts';
import { interpolateCurve } from '../src/stats/isotonic-regression.ts';
import { createRandom, type Random } from '../src/stats/random.ts';
import { isUnexpected, learnCalibration } from './outcomes-tests.ts';
import { createCases, type Row, type WorldName, worlds } from './outcomes-worlds.ts';

const { minOutcomes } = defaultAlertSettings.thresholds;

export type SlowJob = {
  readonly learnsFrom: WorldName;
  /** M, the training rows of each model. */
  readonly rows: number;
  /** Outcomes per day. */
  readonly perDay: number;
  readonly models: number;
  /** How many days each model is followed in each world, unless something is detected earlier. */
  readonly days: number;
  readonly worlds: readonly WorldName[];
  readonly seed: number;
};

/** When the daily bets, and the weekly test, detected that outcomes are not as expected in one world. */
export type SlowAlarms = Omit<SlowJob, 'worlds' | 'seed'> & {
  readonly world: WorldName;
  /** The share of models that are detected within the days, and the median day; `null` for more days than that. */
  readonly slow: Found;
  /** By ModelOutcomesUnexpected over the last seven days, checked every day. */
  readonly week: Found;
};

export type Found = { readonly share: number; readonly medianDay: number | null };

const daysInWeek = 7;

/** Lets models learn and then live in each world from its first day on. */
export function countSlowAlarms({ worlds: names, seed, ...job }: SlowJob): SlowAlarms[] {
  const random = createRandom(seed);
  const drawTraining = createCases(worlds[job.learnsFrom], random);
  const found = names.map(() => ({ slow: [] as number[], week: [] as number[] }));
  for (let i = 0; i < job.models; i++) {
    const model = learnCalibration(Array.from({ length: job.rows }, drawTraining));
    names.forEach((name, world) => {
      const { slow, week } = follow(model, name, job, random);
      found[world].slow.push(slow);
      found[world].week.push(week);
    });
  }
  return names.map((world, w) => ({
    ...job,
    world,
    slow: summarise(found[w].slow),
    week: summarise(found[w].week),
  }));
}

type Model = ReturnType<typeof learnCalibration>;

/** The days, counted from 1, on which either detects something; ∞ for never. */
function follow(
  model: Model,
  world: WorldName,
  { perDay, days }: Pick<SlowJob, 'perDay' | 'days'>,
  random: Random,
): { slow: number; week: number } {
  const draw = createCases(worlds[world], random, perDay);
  const edges = scoreBandEdges(model.reference.scoreEdges);
  const rows = sumByScoreBand(model.scoreBins.counts);
  const cells = Array.from(rows, (_, bin) => ({ bin, isPositive: false }));
  const bands = (sums: Sums) => compareBands(cells, sums, rows);
  const detector = createSlowOutcomes(rows);
  const lately: Sums[] = [];
  let slow = Number.POSITIVE_INFINITY;
  let week = Number.POSITIVE_INFINITY;
  for (let day = 1; day <= days && Math.max(slow, week) > days; day++) {
    const today = sumsOf(rows.length);
    for (let n = 0; n < perDay; n++) add(today, model, edges, draw());
    lately.push(today);
    if (lately.length > daysInWeek) lately.shift();
    const ofWeek = bands(addUp(lately));
    if (slow > days) {
      detector.addDay(bands(today), ofWeek, day);
      if (detector.found() !== null) slow = day;
    }
    const isJudged = perDay * lately.length >= minOutcomes;
    if (isJudged && isUnexpected(compareObserved(ofWeek), '7d')) week = Math.min(week, day);
  }
  return { slow, week };
}

/** One value a band. */
type Sums = Parameters<typeof compareBands>[1];

function sumsOf(bands: number): Sums {
  const empty = () => new Float64Array(bands);
  return { positives: empty(), negatives: empty(), expected: empty(), variance: empty() };
}

function add(
  sums: Sums,
  { reference: { calibration } }: Model,
  edges: readonly number[],
  { score, isPositive }: Row,
): void {
  const band = numericBinIndex(edges, score);
  if (calibration === undefined) throw new Error('the model was trained with outcomes');
  const probability = interpolateCurve(calibration, score);
  sums[isPositive ? 'positives' : 'negatives'][band]++;
  sums.expected[band] += probability;
  sums.variance[band] += probability * (1 - probability);
}

function addUp(parts: readonly Sums[]): Sums {
  const all = sumsOf(parts[0].expected.length);
  for (const part of parts) {
    for (const field of ['positives', 'negatives', 'expected', 'variance'] as const) {
      part[field].forEach((value, band) => {
        all[field][band] += value;
      });
    }
  }
  return all;
}

function summarise(days: readonly number[]): Found {
  const found = days.filter(Number.isFinite).length;
  const median = days.toSorted((a, b) => a - b)[Math.floor((days.length - 1) / 2)];
  return { share: found / days.length, medianDay: Number.isFinite(median) ? median : null };
}
