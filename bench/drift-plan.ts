import { type Alarms, compareRules, mergeAlarms, type RulesJob } from './drift-other-rules.ts';
import {
  findInSegment,
  type SegmentPower,
  type SegmentPowerJob,
  segmentShifts,
} from './drift-segment-power.ts';
import { segmentWorlds } from './drift-segment-worlds.ts';
import {
  lookAtSegments,
  mergeSegmentAlarms,
  type SegmentAlarms,
  type SegmentsJob,
} from './drift-segments.ts';
import {
  changingReferenceSizes,
  changingSlowTraffics,
  findSlowDrift,
  type SlowDelays,
  type SlowJob,
  steadyReferenceSizes,
  steadySlowTraffics,
} from './drift-slow.ts';
import { slowKey } from './drift-slow-tables.ts';
import { type Episodes, mergeEpisodes, replayTraffic, type TrafficJob, warmUpDays } from './drift-traffic.ts';
import { changesAt, changingTraffics, steadyTraffics } from './drift-traffics.ts';
import { type Looks, lookAtWindows, mergeLooks, type WindowsJob } from './drift-windows.ts';
import { changedWorlds, steadyWorlds, togetherWorlds } from './drift-worlds.ts';

/** One piece of work for one core. Its seed is its own: the result does not depend on how many cores there are. */
export type Job =
  | ({ readonly kind: 'windows' } & WindowsJob)
  | ({ readonly kind: 'rules' } & RulesJob)
  | ({ readonly kind: 'traffic' } & TrafficJob)
  | ({ readonly kind: 'slow' } & SlowJob)
  | ({ readonly kind: 'segments' } & SegmentsJob)
  | ({ readonly kind: 'segment power' } & SegmentPowerJob);

export type JobResult =
  | { readonly kind: 'windows'; readonly key: string; readonly looks: Looks[] }
  | { readonly kind: 'rules'; readonly alarms: Alarms[] }
  | { readonly kind: 'traffic'; readonly key: string; readonly episodes: Episodes }
  | { readonly kind: 'slow'; readonly key: string; readonly delays: SlowDelays }
  | { readonly kind: 'segments'; readonly key: string; readonly alarms: SegmentAlarms }
  | { readonly kind: 'segment power'; readonly shift: number; readonly power: readonly SegmentPower[] };

export type Results = {
  /** By world. */
  readonly looks: ReadonlyMap<string, readonly Looks[]>;
  readonly alarms: readonly Alarms[];
  /** By traffic and requests a day, as `trafficKey` gives it. */
  readonly episodes: ReadonlyMap<string, Episodes>;
  /** By traffic, requests a day and reference rows, as `slowKey` gives it. */
  readonly slow: ReadonlyMap<string, SlowDelays>;
  /** By world. */
  readonly segments: ReadonlyMap<string, SegmentAlarms>;
  /** By the shift within the segment. */
  readonly segmentPower: ReadonlyMap<number, readonly SegmentPower[]>;
};

type Draws = {
  /** For each cell. */
  readonly windows: number;
  /** In all references of one size together: the smaller they are, the more are needed to include an unlucky one. */
  readonly referenceRows: number;
};
type Replays = { readonly features: number; readonly days: number };

/** How much is drawn for each cell of the tables. */
export type Size = {
  /** Rare events are counted in worlds that do not change; others need fewer windows. */
  readonly steady: Draws;
  readonly changed: Draws;
  readonly rules: { readonly windows: number; readonly references: number };
  readonly steadyTraffic: Replays;
  readonly changingTraffic: Replays;
  /** Models in each cell, and days of each after a change, if there is one. */
  readonly slow: { readonly models: number; readonly days: number };
  readonly segments: { readonly looks: number; readonly windows: number };
  /** Each cell's work is cut into this many jobs. */
  readonly parts: number;
};

export const fullSize: Size = {
  steady: { windows: 50_000, referenceRows: 2_000_000 },
  changed: { windows: 10_000, referenceRows: 200_000 },
  rules: { windows: 50_000, references: 500 },
  steadyTraffic: { features: 12, days: warmUpDays + 364 },
  changingTraffic: { features: 10, days: changesAt + 180 },
  slow: { models: 300, days: 730 },
  segments: { looks: 100_000, windows: 2000 },
  parts: 2,
};

export function trafficKey(traffic: string, requestsPerDay: number): string {
  return `${traffic}, ${requestsPerDay} a day`;
}

/** The jobs, those that take longest first. */
export function planJobs(size: Size): Job[] {
  let seed = 1;
  const parts = Array.from({ length: size.parts }, () => 1 / size.parts);
  const windows = (worlds: object, draws: Draws) =>
    Object.keys(worlds).flatMap((world) =>
      parts.map((part): Job => {
        const { windows, referenceRows } = draws;
        return {
          kind: 'windows',
          world,
          windows: windows * part,
          referenceRows: referenceRows * part,
          seed: seed++,
        };
      }),
    );
  const replays = (traffics: typeof steadyTraffics, { features, days }: Replays) =>
    Object.entries(traffics).flatMap(([traffic, { requestsPerDay: rates }]) =>
      rates.flatMap((requestsPerDay) =>
        parts.map((part): Job => {
          return {
            kind: 'traffic',
            traffic,
            requestsPerDay,
            features: Math.ceil(features * part),
            days,
            seed: seed++,
          };
        }),
      ),
    );
  return [
    ...windows({ ...steadyWorlds, ...togetherWorlds }, size.steady),
    ...parts.map((part): Job => {
      const { windows, references } = size.rules;
      return {
        kind: 'rules',
        references: Math.ceil(references * part),
        windowsEach: Math.ceil(windows / references),
        seed: seed++,
      };
    }),
    ...windows(changedWorlds, size.changed),
    ...replays(steadyTraffics, size.steadyTraffic),
    ...replays(changingTraffics, size.changingTraffic),
    ...planSlowJobs(size.slow),
    ...planSegments(size),
  ];
}

/** Seeded separately, so that additions before them do not change them. */
function planSlowJobs({ models, days }: Size['slow']): Job[] {
  let seed = 1_000_001;
  const jobs = (traffics: typeof steadySlowTraffics, referenceSizes: readonly number[]) =>
    Object.entries(traffics).flatMap(([traffic, { requestsPerDay: rates, changesAt = 0 }]) =>
      rates.flatMap((requestsPerDay) =>
        referenceSizes.map((referenceSamples): Job => {
          return {
            kind: 'slow',
            traffic,
            referenceSamples,
            requestsPerDay,
            models,
            days: changesAt + days,
            seed: seed++,
          };
        }),
      ),
    );
  return [
    ...jobs(steadySlowTraffics, steadyReferenceSizes),
    ...jobs(changingSlowTraffics, changingReferenceSizes),
  ];
}

/** Seeded separately, too. */
function planSegments({ segments, parts }: Size): Job[] {
  let seed = 10_001;
  return [
    ...Object.keys(segmentWorlds).flatMap((world) =>
      Array.from({ length: parts }, (): Job => {
        return { kind: 'segments', world, looks: Math.ceil(segments.looks / parts), seed: seed++ };
      }),
    ),
    ...segmentShifts.map((shift): Job => {
      return { kind: 'segment power', shift, windows: segments.windows, seed: seed++ };
    }),
  ];
}

export function runJob(job: Job): JobResult {
  switch (job.kind) {
    case 'windows':
      return { kind: job.kind, key: job.world, looks: lookAtWindows(job) };
    case 'rules':
      return { kind: job.kind, alarms: compareRules(job) };
    case 'traffic':
      return {
        kind: job.kind,
        key: trafficKey(job.traffic, job.requestsPerDay),
        episodes: replayTraffic(job),
      };
    case 'slow':
      return {
        kind: job.kind,
        key: slowKey(job.traffic, job.requestsPerDay, job.referenceSamples),
        delays: findSlowDrift(job),
      };
    case 'segments':
      return { kind: job.kind, key: job.world, alarms: lookAtSegments(job) };
    case 'segment power':
      return { kind: job.kind, shift: job.shift, power: findInSegment(job) };
  }
}

/** Puts the parts together. */
export function collect(results: readonly JobResult[]): Results {
  const looks = Map.groupBy(
    results.filter((result) => result.kind === 'windows'),
    (result) => result.key,
  );
  const episodes = Map.groupBy(
    results.filter((result) => result.kind === 'traffic'),
    (result) => result.key,
  );
  const alarms = results.filter((result) => result.kind === 'rules').map((result) => result.alarms);
  const segments = Map.groupBy(
    results.filter((result) => result.kind === 'segments'),
    (result) => result.key,
  );
  const power = results.filter((result) => result.kind === 'segment power');
  return {
    looks: new Map([...looks].map(([key, parts]) => [key, mergeLooks(parts.map((part) => part.looks))])),
    alarms: mergeAlarms(alarms),
    slow: new Map(results.filter((result) => result.kind === 'slow').map(({ key, delays }) => [key, delays])),
    episodes: new Map(
      [...episodes].map(([key, parts]) => [key, mergeEpisodes(parts.map((part) => part.episodes))]),
    ),
    segments: new Map(
      [...segments].map(([key, parts]) => [key, mergeSegmentAlarms(parts.map((part) => part.alarms))]),
    ),
    segmentPower: new Map(power.map((result) => [result.shift, result.power])),
  };
}
