import type { Learnt } from '../model/learnt.ts';
import { livePerformance } from '../monitor/live-performance.ts';
import type { LiveSegment } from '../monitor/live-segments.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { Performance } from '../monitor/performance.ts';
import { missingBin } from '../stats/binning.ts';
import { dailyBetRule } from '../stats/daily-bets.ts';
import { sumCounts } from '../stats/smoothing.ts';
import { type AlertSettings, defaultAlertSettings } from './alert-settings.ts';
import { type AlertState, createAlertState } from './alert-state.ts';
import { windowsMs } from './alert-windows.ts';
import { broadDrift } from './drift-conditions.ts';
import { type LiveAlertName, liveAlertTiming } from './live-alert-timings.ts';
import { segmentConditions, variableConditions } from './live-conditions.ts';
import { type Condition, performanceConditions } from './performance-conditions.ts';
import type { Severity, SeverityLabel } from './severities.ts';

/** An alert that a replica raises, or is about to raise, by its own counts. */
export type LiveAlert = {
  readonly name: LiveAlertName;
  readonly severity: Severity;
  /** What the label `severity` of the rules says. */
  readonly severityLabel: SeverityLabel;
  /** A feature, a segment or a figure; `null` for the model as a whole. */
  readonly about: string | null;
  /** That of the last look at which the condition held. */
  readonly value: number;
  readonly state: 'pending' | 'firing';
  /** ms since 1970. */
  readonly sinceMs: number;
};

/** One model of a replica, as its alerts look at it. */
export type WatchedModel = {
  readonly monitor: Monitor;
  readonly performance: Performance;
  /** `undefined` for a model that was made without outcomes. */
  readonly learnt: Learnt | undefined;
  /** Since when its counts are those of this process; ms since 1970. */
  readonly sinceMs: number;
  readonly describeSegment: (segment: LiveSegment) => string;
};

export type LiveAlerts = {
  /** Looks at all conditions, and gives the alerts that follow: what fires first, then what is pending. */
  look(nowMs: number): readonly LiveAlert[];
};

type Watched = { readonly state: AlertState; value: number };

const severityRanks: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };
const driftAlerts: ReadonlySet<LiveAlertName> = new Set([
  'ModelFeatureDrift',
  'ModelFeatureDriftEarly',
  'ModelFeatureDriftFast',
]);
/** Those that leave nothing new for slow drift, or slowly unexpected outcomes, of the same subject to say. */
const explaining: ReadonlySet<LiveAlertName> = new Set([
  'ModelFeatureDrift',
  'ModelScoreDrift',
  'ModelOutcomesUnexpected',
]);

/**
 * Raises the alerts on a model's drift and performance by the counts of one replica since its start, with the conditions,
 * thresholds and waiting times of the rules. What the rules ask of the time before that, or of other replicas, they alone
 * know: an hour or a day that is like an earlier one is drift here and season there.
 */
export function createLiveAlerts(
  model: WatchedModel,
  settings: AlertSettings = defaultAlertSettings,
): LiveAlerts {
  const { monitor, performance, learnt, describeSegment } = model;
  const watched = new Map<LiveAlertName, Map<string | null, Watched>>();
  /** When one of the explaining alerts fired last, by what it is about. */
  const firedMs = new Map<string | null, number>();

  function watch({ alert, about, value }: Condition, nowMs: number): LiveAlert | undefined {
    const subjects = watched.get(alert) ?? new Map<string | null, Watched>();
    watched.set(alert, subjects);
    const timing = liveAlertTiming(alert, settings);
    const found = subjects.get(about) ?? { state: createAlertState(timing), value: 0 };
    subjects.set(about, found);
    if (value !== null) found.value = value;
    const state = found.state.look(nowMs, value !== null);
    if (state === 'inactive') return undefined;
    const { severity, severityLabel } = timing;
    return {
      name: alert,
      severity,
      severityLabel,
      about,
      value: found.value,
      state,
      sinceMs: found.state.sinceMs,
    };
  }

  /** Of the time that the counts cover, if they cover no more than a week. */
  const withinWeek = (nowMs: number) => nowMs - model.sinceMs <= windowsMs['7d'];

  function look(nowMs: number): LiveAlert[] {
    const alerts: LiveAlert[] = [];
    /** What one of the explaining alerts is about now. */
    const explained = new Set<string | null>();
    const add = (condition: Condition) => {
      const alert = watch(condition, nowMs);
      if (alert === undefined) return;
      alerts.push(alert);
      if (!explaining.has(alert.name)) return;
      explained.add(alert.about);
      if (alert.state === 'firing') firedMs.set(alert.about, nowMs);
    };
    const isKnown = (about: string | null) =>
      explained.has(about) || nowMs - (firedMs.get(about) ?? Number.NEGATIVE_INFINITY) < windowsMs['7d'];
    const windows = {
      '10m': monitor.window('10m'),
      '1h': monitor.window('1h'),
      '24h': monitor.window('24h'),
      '7d': withinWeek(nowMs) ? monitor.totals : null,
    };
    const { variables } = monitor;
    for (const [i, variable] of variables.entries()) {
      const isScore = i === variables.length - 1;
      for (const condition of variableConditions(variable, isScore, windows, settings.thresholds))
        add(condition);
    }
    const drifting = new Set(
      alerts
        .filter(({ name, state }) => state === 'firing' && driftAlerts.has(name))
        .map(({ about }) => about),
    );
    add({
      alert: 'ModelDriftBroad',
      about: null,
      value: broadDrift(drifting.size, variables.length - 1, settings.thresholds),
    });
    for (const { name, evidence } of monitor.slowDrift().variables) {
      const layout = variables.find((variable) => variable.name === name);
      const hasValues = layout !== undefined && countValues(layout, windows['7d'] ?? windows['24h']) > 0;
      const isNew = evidence >= dailyBetRule.threshold && hasValues && !isKnown(name);
      add({ alert: 'ModelDriftSlow', about: name, value: isNew ? evidence : null });
    }
    for (const condition of segmentConditions(monitor, explained, describeSegment, settings.thresholds))
      add(condition);
    if (learnt === undefined) return alerts.sort(compareAlerts);
    const ofPerformance = {
      '24h': livePerformance(performance, learnt.bins, '24h'),
      '7d': withinWeek(nowMs) ? livePerformance(performance, learnt.bins) : null,
    };
    for (const condition of performanceConditions(ofPerformance, learnt, settings.thresholds)) add(condition);
    const evidence = performance.slowOutcomes()?.evidence ?? 0;
    const isNew = evidence >= dailyBetRule.threshold && !isKnown(null);
    add({ alert: 'ModelOutcomesSlowlyUnexpected', about: null, value: isNew ? evidence : null });
    return alerts.sort(compareAlerts);
  }

  return { look };
}

function countValues({ bins, offset }: Monitor['variables'][number], counts: Readonly<Float64Array>): number {
  return sumCounts(counts.subarray(offset, offset + missingBin(bins)));
}

function compareAlerts(one: LiveAlert, other: LiveAlert): number {
  const byState = Number(one.state === 'pending') - Number(other.state === 'pending');
  return (
    byState || severityRanks[one.severity] - severityRanks[other.severity] || one.sinceMs - other.sinceMs
  );
}
