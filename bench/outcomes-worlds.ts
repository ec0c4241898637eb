import { logistic } from '../src/predictors/logistic/score.ts';
import type { Random } from '../src/stats/random.ts';
import { drawNormal } from './draw-normal.ts';

/** Cases, and how likely each comes out badly. */
export type World = {
  readonly title: string;
  /** Mean and deviation of the cases' log-odds, which are normal, relative to training. */
  readonly mean: number;
  readonly deviation: number;
  /** P(bad) of a case with these log-odds. */
  readonly risk: (logOdds: number) => number;
  /** Each day moves the log-odds of all its outcomes together, by a normal amount with this deviation. */
  readonly dayDeviation?: number;
  /** How often each case is sent, with the same outcome each time; once by default. */
  readonly sends?: number;
};

/** What happened to one case: the model's score for it, and whether it came out badly. */
export type Row = { readonly score: number; readonly isPositive: boolean };

/** The model is overconfident, so that its scores are not probabilities before they are calibrated. */
const sureness = 1.25;

const mean = -1;
const deviation = 1;

/** The world that all models learn from. */
export const training: World = { title: 'as in training', mean, deviation, risk: logistic };

const badRate = badRateOf(logistic);

/** The same features now mean a different risk: only outcomes can show it. */
export const conceptDrift = {
  'rate+2': withBadRate(badRate + 0.02),
  'rate+5': withBadRate(badRate + 0.05),
  'rate+10': withBadRate(badRate + 0.1),
  half: withSlope(0.5, 'scores half as informative'),
  nothing: withSlope(0, 'scores no longer informative'),
} satisfies Record<string, World>;

/** The mix of cases changes, but each means the same risk as before. */
export const covariateDrift = {
  riskier: { ...training, mean: mean + 1, title: 'cases riskier by a standard deviation' },
  mirrored: { ...training, mean: -mean, title: 'shares of good and bad cases swapped' },
  harder: { ...training, mean: -0.2, deviation: 0.3, title: 'only cases close to the threshold' },
} satisfies Record<string, World>;

/** Nothing drifts, but outcomes are not independent of each other; and drift in such a world. */
export const dependentOutcomes = {
  repeats: { ...training, sends: 3, title: 'each applicant sent three times' },
  'days 0.1': restless(training, 0.1),
  'days 0.2': restless(training, 0.2),
  'rate+5, days 0.1': restless(conceptDrift['rate+5'], 0.1),
  'rate+10, days 0.1': restless(conceptDrift['rate+10'], 0.1),
  'half, days 0.1': restless(conceptDrift.half, 0.1),
} satisfies Record<string, World>;

/** Worlds in which few cases come out badly, for models that learn from them. */
export const rarePositives = {
  'rare 1': { title: 'bad rate of 1 %', mean: -5.2, deviation: 1.2, risk: logistic },
  'rare 0.1': { title: 'bad rate of 0.1 %', mean: -7.6, deviation: 1.2, risk: logistic },
} satisfies Record<string, World>;

const rare = rarePositives['rare 1'];

/** Worlds for bets that are settled every day, over years: more changes, and rare positives with their effects. */
export const slowWorlds = {
  'rate+20': withBadRate(badRate + 0.2),
  'rare 1, repeats': { ...rare, sends: 3, title: `${rare.title}, each applicant sent three times` },
  'rare 1, days 0.1': restless(rare, 0.1),
  'rare 1, twice': withTimesTheOdds(rare, 2),
  'rare 1, three times': withTimesTheOdds(rare, 3),
} satisfies Record<string, World>;

export const worlds = {
  training,
  ...conceptDrift,
  ...covariateDrift,
  ...dependentOutcomes,
  ...rarePositives,
  ...slowWorlds,
} satisfies Record<string, World>;

export type WorldName = keyof typeof worlds;

/**
 * Draws cases of a world, one after the other.
 *
 * @param perDay how many arrive per day
 */
export function createCases(world: World, random: Random, perDay = Number.POSITIVE_INFINITY): () => Row {
  const { mean, deviation, risk, dayDeviation = 0, sends = 1 } = world;
  let drawn = 0;
  let shift = 0;
  let row: Row | undefined;
  return () => {
    if (dayDeviation > 0 && drawn % perDay === 0) shift = dayDeviation * drawNormal(random);
    if (row === undefined || drawn % sends === 0) {
      const logOdds = mean + deviation * drawNormal(random);
      const isPositive = random() < moved(risk(logOdds), shift);
      row = { score: logistic(sureness * logOdds), isPositive };
    }
    drawn++;
    return row;
  };
}

/** The probability whose log-odds are larger by `shift`. */
function moved(probability: number, shift: number): number {
  return shift === 0 ? probability : logistic(Math.log(probability / (1 - probability)) + shift);
}

/** The same world with days that all differ. */
function restless(world: World, dayDeviation: number): World {
  const change = world === training ? 'nothing changes' : world.title;
  return { ...world, dayDeviation, title: `${change}, days differ by ${dayDeviation} in log-odds` };
}

/** The same cases, of which more turn out bad. */
function withTimesTheOdds(world: World, times: number): World {
  const risk = (logOdds: number) => world.risk(logOdds + Math.log(times));
  return { ...world, risk, title: `${world.title}, then ${times} times the odds` };
}

/** The share of the training cases that would turn out bad. */
function badRateOf(risk: World['risk']): number {
  let sum = 0;
  let weights = 0;
  for (let step = -600; step <= 600; step++) {
    const normal = step / 100;
    const weight = Math.exp(-(normal ** 2) / 2);
    sum += weight * risk(mean + deviation * normal);
    weights += weight;
  }
  return sum / weights;
}

/** Everyone's odds rise or fall by the same factor. */
function withBadRate(rate: number): World {
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  return {
    ...training,
    risk: riskWith(1, rate),
    title: `bad rate from ${percent(badRate)} to ${percent(rate)}`,
  };
}

/** Risks become more similar, or the same; overall there are as many bad outcomes. */
function withSlope(slope: number, title: string): World {
  return { ...training, risk: riskWith(slope, badRate), title };
}

/** The risk that grows with the log-odds by `slope`, and comes to `rate` over the training cases. */
function riskWith(slope: number, rate: number): World['risk'] {
  let low = -20;
  let high = 20;
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (badRateOf((logOdds) => logistic(middle + slope * logOdds)) < rate) low = middle;
    else high = middle;
  }
  return (logOdds) => logistic(low + slope * logOdds);
}
