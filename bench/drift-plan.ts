import {
  countEpisodes,
  type Episodes,
  type EpisodesJob,
  mergeEpisodes,
  type Traffic,
} from './drift-episodes.ts';
import { scenarios, withoutDrift } from './drift-scenarios.ts';
import { type Cell, countAlarms, mergeCells, type WindowsJob } from './drift-windows.ts';

/** One piece of work for one core. Its seed is its own: the result does not depend on how many cores there are. */
export type Job = { readonly key: string } & (
  | ({ readonly kind: 'windows' } & WindowsJob)
  | ({ readonly kind: 'episodes' } & EpisodesJob)
);

export type JobResult =
  | { readonly kind: 'windows'; readonly key: string; readonly cells: Cell[] }
  | { readonly kind: 'episodes'; readonly key: string; readonly episodes: Episodes };

export type Results = {
  readonly windows: ReadonlyMap<string, readonly Cell[]>;
  readonly episodes: ReadonlyMap<string, Episodes>;
};

/** How much is drawn, for each cell of the tables. */
export type Size = {
  readonly references: number;
  readonly windowsEach: number;
  readonly featureYears: number;
  /** Each cell's work is cut into this many jobs. */
  readonly parts: number;
};

export const fullSize: Size = { references: 128, windowsEach: 800, featureYears: 152, parts: 4 };

/** Traffic that does not drift but is not independent either. Every kind comes in batches of 50. */
export const traffics: Record<string, Traffic> = Object.fromEntries(
  [
    { season: 0.3, sends: 3, rates: [20, 50, 100, 200, 1000] },
    { season: 0.3, sends: 1, rates: [20, 100] },
    { season: 0, sends: 1, rates: [20, 100] },
  ].flatMap(({ season, sends, rates }) =>
    rates.map((rowsPerHour) => [`${season} ${sends} ${rowsPerHour}`, { season, sends, rowsPerHour }]),
  ),
);

/** The jobs, the longest first. */
export function planJobs(size: Size): Job[] {
  const parts = (count: number) => Array.from({ length: size.parts }, () => Math.ceil(count / size.parts));
  let seed = 1;
  const episodes = Object.entries(traffics).flatMap(([key, traffic]) =>
    parts(size.featureYears).map(
      (featureYears): Job => ({ kind: 'episodes', key, traffic, featureYears, seed: seed++ }),
    ),
  );
  const windows = Object.keys(scenarios).flatMap((scenario) =>
    parts(size.references).map(
      (references): Job => ({
        kind: 'windows',
        key: scenario,
        scenario,
        references,
        windowsEach: size.windowsEach,
        seed: seed++,
      }),
    ),
  );
  return [...windows, ...episodes].sort((a, b) => cost(b) - cost(a));
}

export function runJob(job: Job): JobResult {
  return job.kind === 'windows'
    ? { kind: job.kind, key: job.key, cells: countAlarms(job) }
    : { kind: job.kind, key: job.key, episodes: countEpisodes(job) };
}

/** Puts the parts together, in whatever order they were done. */
export function collect(results: readonly JobResult[]): Results {
  const cells = Map.groupBy(
    results.filter((result) => result.kind === 'windows'),
    (result) => result.key,
  );
  const episodes = Map.groupBy(
    results.filter((result) => result.kind === 'episodes'),
    (result) => result.key,
  );
  return {
    windows: new Map([...cells].map(([key, parts]) => [key, mergeCells(parts.map((part) => part.cells))])),
    episodes: new Map(
      [...episodes].map(([key, parts]) => [key, mergeEpisodes(parts.map((part) => part.episodes))]),
    ),
  };
}

/** In µs, about; only the order matters. */
function cost(job: Job): number {
  if (job.kind === 'episodes') return job.featureYears * job.traffic.rowsPerHour * 300;
  return job.references * job.windowsEach * (job.key in withoutDrift ? 80 : 60);
}
