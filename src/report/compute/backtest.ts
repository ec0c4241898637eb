import { type AlertSettings, defaultAlertSettings } from '../../alerts/alert-settings.ts';
import { earlierMs, seasons, windowsMs } from '../../alerts/alert-windows.ts';
import {
  abruptDrift,
  broadDrift,
  earlyDrift,
  lastingDrift,
  risenOnDayOrWeek,
} from '../../alerts/drift-conditions.ts';
import { outsideReferenceCount } from '../../monitor/risen-share.ts';
import { binCount, missingBin, unseenBin } from '../../stats/binning.ts';
import { driftThreshold, earlierCeiling, measureDrift } from '../../stats/drift.ts';
import { comparedCounts, joinsRare } from '../../stats/rare-categories.ts';
import { slowDriftRule } from '../../stats/slow-drift.ts';
import { sumCounts } from '../../stats/smoothing.ts';
import { dayMs } from '../../times/day.ts';
import type { ReferenceVariable } from './drift-reference.ts';
import type { Alarm } from './drift-report.ts';
import { createVariableBets } from './measure-slow-drift.ts';
import { createAlert } from './replayed-alert.ts';
import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts';
import type { Timeline } from './timeline.ts';

/** Long windows are added up from increments of this length, as the recording rules do. */
const incrementMs = 300_000;
/** A longer time is looked at less often. */
const maxLooks = 2_000_000;

/**
 * Replays the drift alerts of the Prometheus rules over samples with times and lists the alarms there would have
 * been, in order. It looks every 30 s (less often where steps had to be made longer), at the same windows, tests and
 * waiting times; how a scrape would have rounded the counts is not replayed.
 *
 * @param timeline counts by bin of the features, then of the score, then one count a feature of values outside its range
 * @param features the variables in the order of the timeline's cells
 * @param score the variable whose cells follow theirs, if there is one
 * @param settings what the rules were written with
 */
export function backtest(
  timeline: Timeline,
  features: readonly ReferenceVariable[],
  score: ReferenceVariable | null,
  settings: AlertSettings = defaultAlertSettings,
): Alarm[] {
  const steps = timeline.steps();
  if (steps.length === 0) return [];
  const { stepMs } = timeline;
  const endMs = steps[steps.length - 1].fromMs + stepMs;
  const looks = (endMs - steps[0].fromMs) / stepMs;
  const lookMs = stepMs * Math.max(1, Math.ceil(looks / maxLooks));

  const slide = (spanMs: number, lagMs?: number) => createSlidingWindow(steps, stepMs, spanMs, lagMs);
  const windows = {
    '10m': slide(windowsMs['10m']),
    '1h': slide(windowsMs['1h']),
    '24h': slide(windowsMs['24h']),
    '7d': slide(windowsMs['7d']),
  };
  const earlierWindows = (of: '1h' | '24h') =>
    seasons.flatMap(({ window, earlier }) =>
      window === of ? slide(windowsMs[window], earlierMs[earlier]) : [],
    );
  const earlier = { '1h': earlierWindows('1h'), '24h': earlierWindows('24h') };
  const variables = score === null ? features : [...features, score];
  const allBins = variables.reduce((sum, { bins }) => sum + binCount(bins), 0);
  let offset = 0;
  const watches = variables.map((variable, i) => {
    const cells = { from: offset, outside: i < features.length && variable.range ? allBins + i : null };
    offset += binCount(variable.bins);
    return watchVariable(variable, cells, windows, earlier, i === features.length, settings);
  });
  const broad = createAlert('ModelDriftBroad', null, settings);

  const day = slide(dayMs);
  let dayEndMs = (Math.floor(steps[0].fromMs / dayMs) + 1) * dayMs;
  let nextIncrementMs = Number.NEGATIVE_INFINITY;
  for (let nowMs = steps[0].fromMs + stepMs; nowMs <= endMs; nowMs += lookMs) {
    const changed = { short: false, long: false };
    changed.short = windows['10m'].moveTo(nowMs);
    changed.short = windows['1h'].moveTo(nowMs) || changed.short;
    for (const window of earlier['1h']) changed.short = window.moveTo(nowMs) || changed.short;
    if (nowMs >= nextIncrementMs) {
      changed.long = windows['24h'].moveTo(nowMs);
      changed.long = windows['7d'].moveTo(nowMs) || changed.long;
      for (const window of earlier['24h']) changed.long = window.moveTo(nowMs) || changed.long;
      nextIncrementMs = nowMs - (nowMs % incrementMs) + incrementMs;
    }
    for (; dayEndMs <= nowMs; dayEndMs += dayMs) {
      day.moveTo(dayEndMs);
      for (const watch of watches) watch.settle(day, dayEndMs - dayMs);
    }
    let firing = 0;
    for (const watch of watches) if (watch.look(nowMs, changed)) firing++;
    broad.look(nowMs, broadDrift(firing, features.length, settings.thresholds));
  }
  const alarms = [...watches.flatMap((watch) => watch.alarms()), ...broad.alarms()];
  return alarms.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

type Windows = Readonly<Record<'10m' | '1h' | '24h' | '7d', SlidingWindow>>;

/** The alerts of one variable. */
type Watch = {
  /** Settles the bets on slow drift. @param day holds the counts of a calendar day (UTC) */
  settle(day: SlidingWindow, dayStartMs: number): void;
  /** @returns whether one of the feature's drift alerts fires */
  look(nowMs: number, changed: { short: boolean; long: boolean }): boolean;
  alarms(): Alarm[];
};

function watchVariable(
  variable: ReferenceVariable,
  cells: { readonly from: number; readonly outside: number | null },
  windows: Windows,
  earlier: Readonly<Record<'1h' | '24h', readonly SlidingWindow[]>>,
  isScore: boolean,
  settings: AlertSettings,
): Watch {
  const { minPsi, minRequests } = settings.thresholds;
  const { bins, counts: reference, name } = variable;
  const size = binCount(bins);
  const cut = (window: SlidingWindow) => window.counts.subarray(cells.from, cells.from + size);
  const measure = (window: SlidingWindow) => measureDrift(bins, reference, cut(window));
  const areRareJoined = joinsRare(bins, reference);

  const lasting = createAlert(isScore ? 'ModelScoreDrift' : 'ModelFeatureDrift', name, settings);
  const early = createAlert('ModelFeatureDriftEarly', name, settings);
  const fast = createAlert('ModelFeatureDriftFast', name, settings);
  const missing = createAlert('ModelFeatureMissing', name, settings);
  const unseen = createAlert('ModelFeatureUnseen', name, settings);
  const outside = createAlert('ModelFeatureOutsideRange', name, settings);
  const slow = createAlert('ModelDriftSlow', name, settings);
  const bets = createVariableBets(variable);
  let evidence = 0;
  let hasValues = false;
  let toldMs = Number.NEGATIVE_INFINITY;
  type Value = Record<'lasting' | 'early' | 'fast' | 'missing' | 'unseen' | 'outside', number | null>;
  let value: Value = { lasting: null, early: null, fast: null, missing: null, unseen: null, outside: null };

  function lookFar(): void {
    /** The share of what a cell counts, where it has risen above so many of the reference. */
    const share = (cell: number, before: number) => {
      const live = (window: SlidingWindow) => ({
        count: window.counts[cell],
        samples: sumCounts(cut(window)),
      });
      return risenOnDayOrWeek(
        live(windows['24h']),
        live(windows['7d']),
        { count: before, samples: sumCounts(reference) },
        settings.thresholds,
      );
    };
    hasValues = cut(windows['7d'])
      .subarray(0, missingBin(bins))
      .some((count) => count > 0);
    const binShare = (bin: number) => share(cells.from + bin, reference[bin]);
    value = {
      ...value,
      lasting: lastingDrift(measure(windows['24h']), measure(windows['7d']), settings.thresholds, () =>
        isSeason('24h'),
      ),
      missing: binShare(missingBin(bins)),
      unseen: bins.kind === 'categorical' ? binShare(unseenBin(bins)) : null,
      outside: cells.outside === null ? null : share(cells.outside, outsideReferenceCount),
    };
  }

  function lookNear(): void {
    value = {
      ...value,
      early: earlyDrift(measure(windows['1h']), settings.thresholds, () => isSeason('1h')),
      fast: abruptDrift(measure(windows['10m']), settings.thresholds),
    };
  }

  /** Whether the window is as one was at the same time earlier, if that had enough requests to tell. */
  function isSeason(window: '1h' | '24h'): boolean {
    return earlier[window].some((earlierWindow) => {
      const before = cut(earlierWindow);
      const { psi, samples, referenceSamples } = measureDrift(bins, before, cut(windows[window]), {
        areRareJoined,
      });
      if (psi === null || referenceSamples < minRequests[window]) return false;
      const compared = comparedCounts(bins, before, areRareJoined);
      return psi <= driftThreshold(earlierCeiling(bins.kind, compared, samples), minPsi);
    });
  }

  return {
    settle(day, dayStartMs) {
      bets?.settle(day.counts, cells.from, dayStartMs);
      evidence = bets?.evidence() ?? 0;
    },
    look(nowMs, changed) {
      if (changed.long) lookFar();
      if (changed.short && !isScore) lookNear();
      const drifts = lasting.look(nowMs, value.lasting);
      if (drifts) toldMs = nowMs;
      // after such an alert the bets have still to lose what they won meanwhile
      const isKnown = value.lasting !== null || nowMs - toldMs < windowsMs['7d'];
      const isSlow = evidence >= slowDriftRule.threshold && hasValues;
      slow.look(nowMs, isSlow && !isKnown ? evidence : null);
      if (isScore) return false;
      const soon = early.look(nowMs, value.early);
      const now = fast.look(nowMs, value.fast);
      missing.look(nowMs, value.missing);
      unseen.look(nowMs, value.unseen);
      outside.look(nowMs, value.outside);
      return drifts || soon || now;
    },
    alarms: () => [lasting, slow, early, fast, missing, unseen, outside].flatMap((alert) => alert.alarms()),
  };
}
