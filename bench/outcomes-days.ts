import { livePerformance } from '../src/monitor/live-performance.ts';
import { createPerformance } from '../src/monitor/performance.ts';
import { createRandom } from '../src/stats/random.ts';
import { type Look, learn, type Model, type TestName, testNames, tests } from './outcomes-tests.ts';
import { createCases, training, type WorldName, worlds } from './outcomes-worlds.ts';

export type DaysJob = {
  /** M, the training rows of each model. */
  readonly rows: number;
  /** Outcomes per day. */
  readonly perDay: number;
  readonly models: number;
  /** How many weeks each model is followed in each world. */
  readonly weeks: number;
  readonly worlds: readonly WorldName[];
  readonly seed: number;
};

/** How often a test fired in one world, over windows that do not overlap. */
export type DayAlarms = Pick<DaysJob, 'rows' | 'perDay'> & {
  readonly world: WorldName;
  readonly test: TestName;
  /** The share of all days, and of all weeks. */
  readonly days: number;
  readonly weeks: number;
};

const daysInWeek = 7;

/** Lets models learn and then live through weeks of worlds in which days differ or applicants are sent again. */
export function countDayAlarms({ rows, perDay, models, weeks, worlds: names, seed }: DaysJob): DayAlarms[] {
  const random = createRandom(seed);
  const drawTraining = createCases(training, random);
  const fired = names.map(() => ({ '24h': testNames.map(() => 0), '7d': testNames.map(() => 0) }));
  for (let i = 0; i < models; i++) {
    const model = learn(Array.from({ length: rows }, drawTraining), random);
    names.forEach((name, world) => {
      const draw = createCases(worlds[name], random, perDay);
      const judge = (window: Look['window'], performance: Look['performance']) => {
        const live = livePerformance(performance, model.scoreBins);
        testNames.forEach((test, t) => {
          if (live.realised.samples < tests[test].from) return;
          if (tests[test].fires({ window, model, performance, live })) fired[world][window][t]++;
        });
      };
      for (let week = 0; week < weeks; week++) {
        const whole = countsOf(model);
        for (let day = 0; day < daysInWeek; day++) {
          const today = countsOf(model);
          for (let n = 0; n < perDay; n++) {
            const { score, isPositive } = draw();
            for (const counts of [today, whole]) {
              counts.addPrediction(score);
              counts.addOutcome(score, Number(isPositive));
            }
          }
          judge('24h', today);
        }
        judge('7d', whole);
      }
    });
  }
  return names.flatMap((world, w) =>
    testNames.map((test, t) => ({
      rows,
      perDay,
      world,
      test,
      days: fired[w]['24h'][t] / (models * weeks * daysInWeek),
      weeks: fired[w]['7d'][t] / (models * weeks),
    })),
  );
}

function countsOf({ reference }: Model) {
  return createPerformance(reference, 0, () => 0);
}
