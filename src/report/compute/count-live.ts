import type { Artifact } from '../../model/artifact.ts';
import type { LineFault, LineTally } from '../../samples/read-samples.ts';
import { findName } from '../../text/column-names.ts';
import type { DateOrder } from '../../times/parse-time.ts';
import { type OpenOptions, openRows } from '../read/open-rows.ts';
import { createRowSample, type RowSample } from '../read/row-sample.ts';
import { createRowTimes } from '../read/row-times.ts';
import { type RowSource, type WantedColumn, wantedColumn } from '../read/rows.ts';
import { createVersionFilter } from '../read/version-filter.ts';
import type { ValueRows } from './domain-columns.ts';
import type { DriftReference } from './drift-reference.ts';
import { createLiveCounters, type LiveCounters } from './live-counters.ts';
import type { LiveVariable } from './live-variable.ts';
import { createRowScorer, predictionOf } from './row-scorer.ts';
import {
  createSegmentCounter,
  type SegmentColumn,
  type SegmentCounter,
  segmentReading,
} from './segment-counts.ts';
import type { Timeline } from './timeline.ts';

export type LiveOptions = {
  readonly artifact: Artifact | null;
  /** Rows from this time on, in ms since 1970. */
  readonly sinceMs?: number | undefined;
  /** Rows before this time. */
  readonly untilMs?: number | undefined;
  /** How dates such as 03/04/2026 are to be read, where that was said. */
  readonly dateOrder?: DateOrder | null;
  /** Also count in steps short enough to replay the alert rules. */
  readonly backtest: boolean;
  /** Columns to cut the rows into segments by. */
  readonly by?: readonly SegmentColumn[];
  /** Whether to keep a sample of the rows. */
  readonly keepsRows?: boolean;
} & OpenOptions;

/** What was counted in the live rows. */
export type Live = {
  readonly samples: number;
  readonly features: readonly LiveVariable[];
  /** `null` when the reference or no row has a score. */
  readonly score: LiveVariable | null;
  readonly predictions: ReadonlyMap<string, number>;
  /** Of the rows that have a time; NaN without any. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly version: string | null;
  readonly otherVersions: ReadonlyMap<string, number>;
  readonly damaged: number;
  readonly faults: readonly LineFault[];
  /** Whether some of the rows are requests that a service answered. */
  readonly areRequests: boolean;
  /** Counts by time, variable after variable in the order of `features`, then the score. */
  readonly overTime: Timeline;
  /** The same by calendar day (UTC), or in longer steps where there are too many days. */
  readonly byDay: Timeline;
  readonly replay: Timeline | null;
  /** Counts by segment; `null` when the rows are not cut, or there are none. */
  readonly segments: SegmentCounter | null;
  /** A sample of the rows with `keepsRows`, else none. */
  readonly rows: ValueRows;
  readonly notes: readonly string[];
};

/**
 * Counts live rows in one pass: bins, extremes, values while they are few enough, and counts over time.
 *
 * @throws Error naming the file when it cannot be read, not one line can, a feature is not there, or a period or a
 * backtest is asked for and no row has a time
 */
export async function countLive(
  paths: readonly string[],
  reference: DriftReference,
  options: LiveOptions,
): Promise<Live> {
  const {
    artifact,
    sinceMs = Number.NEGATIVE_INFINITY,
    untilMs = Number.POSITIVE_INFINITY,
    by = [],
  } = options;
  const isPeriod = options.sinceMs !== undefined || options.untilMs !== undefined;
  const needs = isPeriod ? '--since and --until need' : options.backtest ? '--backtest needs' : null;
  const tally: LineTally = { lines: 0, damaged: 0, faults: [] };
  const times = createRowTimes(options.dateOrder ?? null);
  const counting = { backtest: options.backtest, isModels: artifact !== null };
  const filter = createVersionFilter(artifact?.version ?? null);
  const predictions = new Map<string, number>();
  const notes: string[] = [];
  let variables = reference.features;
  let areRequests = false;
  let opened = 0;
  let samples = 0;
  let otherBins = 0;
  let fromMs = Number.NaN;
  let toMs = Number.NaN;

  let counted: LiveCounters | undefined;
  let segments: SegmentCounter | null = null;
  let sample: RowSample | null = null;
  for await (const source of openRows(paths, tally, { ...options, times })) {
    if (opened++ === 0 && artifact === null && source.columns.length > 0) {
      variables = commonVariables(reference, source, notes);
    }
    counted ??= createLiveCounters({ ...reference, features: variables }, counting);
    const state = counted;
    const wanted: WantedColumn[] = segmentReading(variables, by).map(({ name, bins }) =>
      wantedColumn(name, bins, artifact),
    );
    const scoreOf = createRowScorer(artifact, wanted.slice(0, variables.length));
    requireColumns(source, by, variables);
    if (by.length > 0) segments ??= createSegmentCounter(variables, reference.score, by, artifact !== null);
    const cut = segments;
    if (options.keepsRows) sample ??= createRowSample(variables.length);
    areRequests ||= source.areRequests;
    if (needs !== null && !source.areRequests) times.noteColumns(source.columns);
    await source.read(wanted, (row) => {
      const timeMs = times.read(row.time);
      if (isPeriod && !(timeMs >= sinceMs && timeMs < untilMs)) return;
      if (!filter.accepts(row)) return;
      samples++;
      if (!state.countFeatures(row)) otherBins++;
      const score = scoreOf(row);
      const prediction = predictionOf(row, score, artifact);
      if (prediction !== null) predictions.set(prediction, (predictions.get(prediction) ?? 0) + 1);
      state.countScore(score);
      cut?.count(row, score);
      if (row.values !== null) sample?.add(row.values, score);
      if (Number.isNaN(timeMs)) return;
      if (!(timeMs >= fromMs)) fromMs = timeMs;
      if (!(timeMs <= toMs)) toMs = timeMs;
      state.countTime(timeMs);
    });
  }
  if (tally.damaged > 0 && tally.damaged >= tally.lines) {
    const [{ source, line, reason }] = tally.faults;
    throw new Error(`${source}:${line}: not one line can be read: ${reason}`);
  }
  if (needs !== null) times.require(needs, paths);
  notes.push(...times.notes(isPeriod));
  if (otherBins > 0) {
    notes.push(
      `${otherBins} rows hold bins that the reference does not have; their features are not counted.`,
    );
  }
  const state = counted ?? createLiveCounters(reference, counting);
  return {
    samples,
    features: state.features,
    score: state.score?.counts.some((count) => count > 0) ? state.score : null,
    predictions,
    fromMs,
    toMs,
    version: filter.version,
    otherVersions: filter.others,
    damaged: tally.damaged,
    faults: tally.faults,
    areRequests: opened === 0 || areRequests,
    overTime: state.overTime,
    byDay: state.byDay,
    replay: state.replay,
    segments,
    rows: { names: variables.map(({ name }) => name), rows: sample?.rows() ?? [] },
    notes,
  };
}

/** @throws Error naming the file that lacks a column to cut by */
function requireColumns(
  { name: file, columns, holdsBins }: RowSource,
  by: readonly SegmentColumn[],
  variables: DriftReference['features'],
): void {
  const names = columns.map(({ name }) => name);
  for (const { name } of by) {
    // rows of bins have those of the features
    const isThere = holdsBins
      ? variables.some((variable) => variable.name === name)
      : findName(name, names) !== undefined;
    if (!isThere) throw new Error(`${file}: has no column ${name} to cut into segments by`);
  }
}

/** Without a model: what both sides have. @throws Error when that is nothing */
function commonVariables(
  { features: variables, leftOut }: DriftReference,
  source: RowSource,
  notes: string[],
): DriftReference['features'] {
  const live = new Set(source.columns.map(({ name }) => name));
  const common = variables.filter(({ name }) => live.has(name));
  const names = variables.map(({ name }) => name);
  if (common.length === 0) {
    throw new Error(`${source.name}: has none of the reference's columns ${names.join(', ')}`);
  }
  const gone = names.filter((name) => !live.has(name));
  const added = [...live].filter((name) => !names.includes(name) && !leftOut.includes(name));
  if (gone.length > 0) notes.push(`Only in the reference, and not compared: ${gone.join(', ')}.`);
  if (added.length > 0) notes.push(`Only in the live rows, and not compared: ${added.join(', ')}.`);
  return common;
}
