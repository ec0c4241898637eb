import { livePerformance } from '../src/monitor/live-performance.ts';
import { createPerformance } from '../src/monitor/performance.ts';
import { createRandom, type Random } from '../src/stats/random.ts';
import { learn, type Model, type TestName, testNames, tests } from './outcomes-tests.ts';
import { createCases, type WorldName, worlds } from './outcomes-worlds.ts';

/** The tables check after each multiple of this many outcomes. */
export const usualLookEvery = 100;

export type GrowingJob = {
  /** M, the training rows of each model. */
  readonly rows: number;
  /** The number of models followed, each with its own rows. */
  readonly models: number;
  /** The world that they learn from; `training` by default. */
  readonly learnsFrom?: WorldName;
  /** The worlds that each model meets afterwards, by name, and how many outcomes it gets in each. */
  readonly outcomes: Readonly<Partial<Record<WorldName, number>>>;
  /** All tests are checked after each multiple of this many outcomes; 100 by default. */
  readonly lookEvery?: number;
  readonly seed: number;
};

/** How often a test fired in one world. */
export type Alarms = {
  readonly rows: number;
  readonly world: WorldName;
  readonly test: TestName;
  readonly models: number;
  readonly lookEvery: number;
  /** The share of the models for which it fired, by look. */
  readonly byLook: readonly number[];
  /** The share of all looks at which it fired. */
  readonly ofLooks: number;
  /** The share of the models for which it fired at any look. */
  readonly ofModels: number;
};

type Tally = { readonly fired: Uint32Array; firedModels: number };

/**
 * Lets models learn, each from its own rows, and meet worlds whose cases arrive with their outcomes: every case is a
 * prediction and an outcome at the same time. The window grows: each check sees all outcomes so far.
 */
export function countAlarms({
  rows,
  models,
  learnsFrom = 'training',
  outcomes,
  lookEvery = usualLookEvery,
  seed,
}: GrowingJob): Alarms[] {
  const random = createRandom(seed);
  const drawTraining = createCases(worlds[learnsFrom], random);
  const counted = Object.entries(outcomes).map(([world, most]) => ({
    world: world as WorldName,
    looks: most / lookEvery,
    tallies: testNames.map((): Tally => ({ fired: new Uint32Array(most / lookEvery), firedModels: 0 })),
  }));
  for (let i = 0; i < models; i++) {
    const model = learn(Array.from({ length: rows }, drawTraining), random);
    for (const { world, tallies } of counted) follow(model, { world, lookEvery }, tallies, random);
  }
  return counted.flatMap(({ world, looks, tallies }) =>
    tallies.map(({ fired, firedModels }, i) => ({
      rows,
      world,
      test: testNames[i],
      models,
      lookEvery,
      byLook: Array.from(fired, (count) => count / models),
      ofLooks: fired.reduce((sum, count) => sum + count, 0) / (looks * models),
      ofModels: firedModels / models,
    })),
  );
}

/** The share of the models for which a test fired at N outcomes, a multiple of `lookEvery`. */
export function shareAt({ byLook, lookEvery }: Alarms, outcomes: number): number {
  return byLook[outcomes / lookEvery - 1];
}

function follow(
  model: Model,
  { world, lookEvery }: { readonly world: WorldName; readonly lookEvery: number },
  tallies: readonly Tally[],
  random: Random,
): void {
  const draw = createCases(worlds[world], random);
  const performance = createPerformance(model.reference, 0, () => 0);
  const hasFired = new Set<Tally>();
  for (let look = 0; look < tallies[0].fired.length; look++) {
    for (let i = 0; i < lookEvery; i++) {
      const { score, isPositive } = draw();
      performance.addPrediction(score);
      performance.addOutcome(score, Number(isPositive));
    }
    const live = livePerformance(performance, model.scoreBins);
    tallies.forEach((tally, i) => {
      const { from, fires } = tests[testNames[i]];
      if (live.realised.samples < from || !fires({ window: '7d', model, performance, live })) return;
      tally.fired[look]++;
      hasFired.add(tally);
    });
  }
  for (const tally of hasFired) tally.firedModels++;
}
