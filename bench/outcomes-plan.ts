import { type Alarms, countAlarms, type GrowingJob } from './outcomes-alarms.ts';
import { type AucJob, type BinnedAuc, measureBinnedAuc } from './outcomes-auc.ts';
import { countDayAlarms, type DayAlarms, type DaysJob } from './outcomes-days.ts';
import { countSlowAlarms, type SlowAlarms, type SlowJob } from './outcomes-slow.ts';
import { dependentOutcomes, rarePositives, slowWorlds, type WorldName, worlds } from './outcomes-worlds.ts';

/** Worlds in which every alarm is false, by the world that the model learnt from. */
export const slowUnchanged = {
  training: ['training', 'repeats', 'days 0.1', 'days 0.2', 'riskier', 'mirrored', 'harder'],
  'rare 1': ['rare 1', 'rare 1, repeats', 'rare 1, days 0.1'],
} satisfies Partial<Record<WorldName, readonly WorldName[]>>;

/** Worlds in which outcomes have changed. */
export const slowChanges = {
  training: ['rate+5', 'rate+10', 'rate+20'],
  'rare 1': ['rare 1, twice', 'rare 1, three times'],
} satisfies Record<keyof typeof slowUnchanged, readonly WorldName[]>;

/** Outcomes for which a column is printed. */
export const falseAlarmColumns = [300, 1000, 10_000, 50_000];
export const powerColumns = [1000, 10_000];

/** One piece of work for one core. Its seed is its own: the result does not depend on how many cores there are. */
export type Job =
  | ({ readonly kind: 'growing' } & GrowingJob)
  | ({ readonly kind: 'days' } & DaysJob)
  | ({ readonly kind: 'auc' } & AucJob)
  | ({ readonly kind: 'slow' } & SlowJob);

export type JobResult =
  | { readonly kind: 'growing'; readonly alarms: readonly Alarms[] }
  | { readonly kind: 'days'; readonly alarms: readonly DayAlarms[] }
  | { readonly kind: 'auc'; readonly auc: BinnedAuc }
  | { readonly kind: 'slow'; readonly alarms: readonly SlowAlarms[] };

/** What is drawn. */
export type Size = {
  /** Models to follow through a growing window, by their training rows; many rows take long to learn from. */
  readonly growing: Readonly<Record<number, number>>;
  /** Models to follow that learn from a world with rare positives and stay in it. */
  readonly rare: readonly { readonly world: WorldName; readonly rows: number; readonly models: number }[];
  /** Rows, and how often so many are drawn, to measure the AUC over bins. */
  readonly auc: Pick<AucJob, 'rows' | 'draws'>;
  /** Models to follow through days and weeks. */
  readonly days: readonly Omit<DaysJob, 'worlds' | 'seed'>[];
  /** Models on which bets are settled every day. */
  readonly slow: readonly (Omit<SlowJob, 'worlds' | 'seed' | 'learnsFrom'> & {
    readonly learnsFrom: keyof typeof slowChanges;
  })[];
};

export const fullSize: Size = {
  growing: { 200: 400, 1000: 400, 5000: 100 },
  rare: [
    { world: 'rare 1', rows: 1000, models: 200 },
    { world: 'rare 1', rows: 5000, models: 500 },
    { world: 'rare 0.1', rows: 20_000, models: 100 },
  ],
  auc: { rows: 100_000, draws: 10 },
  days: [
    { rows: 1000, perDay: 1000, models: 60, weeks: 2 },
    { rows: 5000, perDay: 1000, models: 60, weeks: 2 },
    { rows: 100_000, perDay: 10_000, models: 10, weeks: 3 },
  ],
  slow: [
    { learnsFrom: 'training', rows: 200, perDay: 20, models: 100, days: 730 },
    { learnsFrom: 'training', rows: 1000, perDay: 20, models: 300, days: 730 },
    { learnsFrom: 'training', rows: 5000, perDay: 20, models: 100, days: 730 },
    { learnsFrom: 'training', rows: 5000, perDay: 1000, models: 10, days: 365 },
    { learnsFrom: 'rare 1', rows: 1000, perDay: 100, models: 100, days: 730 },
    { learnsFrom: 'rare 1', rows: 5000, perDay: 100, models: 100, days: 730 },
  ],
};

/** The worlds of growing windows: each outcome is a separate case there, and all days are alike. */
const growing = Object.keys(worlds).filter(
  (name) => !(name in dependentOutcomes || name in rarePositives || name in slowWorlds),
) as WorldName[];
export const dailyWorlds: readonly WorldName[] = [
  'training',
  ...(Object.keys(dependentOutcomes) as WorldName[]),
];

export const aucWorlds: readonly WorldName[] = ['training', ...(Object.keys(rarePositives) as WorldName[])];

/** The jobs, the longest first except for the last kind. */
export function planJobs(size: Size): Job[] {
  const outcomes = Object.fromEntries(
    growing.map((world) => [world, Math.max(...(world === 'training' ? falseAlarmColumns : powerColumns))]),
  );
  const days = size.days.map((each, i): Job => ({ kind: 'days', ...each, worlds: dailyWorlds, seed: i + 1 }));
  const growingWindows = Object.entries(size.growing).map(
    ([rows, models], i): Job => ({ kind: 'growing', rows: Number(rows), models, outcomes, seed: i + 1 }),
  );
  const rare = size.rare.map(({ world, rows, models }, i): Job => {
    const job = { rows, models, learnsFrom: world, outcomes: { [world]: Math.max(...falseAlarmColumns) } };
    return { kind: 'growing', ...job, seed: i + 1 };
  });
  const auc = aucWorlds.map((world, i): Job => ({ kind: 'auc', world, ...size.auc, seed: i + 1 }));
  const slow = size.slow.map((each, i): Job => {
    const names = [...slowUnchanged[each.learnsFrom], ...slowChanges[each.learnsFrom]];
    return { kind: 'slow', ...each, worlds: names, seed: i + 1 };
  });
  return [...days.reverse(), ...rare, ...growingWindows, ...auc, ...slow];
}

export function runJob(job: Job): JobResult {
  switch (job.kind) {
    case 'growing':
      return { kind: job.kind, alarms: countAlarms(job) };
    case 'days':
      return { kind: job.kind, alarms: countDayAlarms(job) };
    case 'auc':
      return { kind: job.kind, auc: measureBinnedAuc(job) };
    case 'slow':
      return { kind: job.kind, alarms: countSlowAlarms(job) };
  }
}
