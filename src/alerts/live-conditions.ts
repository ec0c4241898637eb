import { type LiveSegment, windowSegments } from '../monitor/live-segments.ts';
import type { Monitor, VariableLayout } from '../monitor/monitor.ts';
import { type Occurrences, outsideReferenceCount } from '../monitor/risen-share.ts';
import { missingBin, unseenBin } from '../stats/binning.ts';
import { type Drift, measureDrift, raisesAlert } from '../stats/drift.ts';
import { sumCounts } from '../stats/smoothing.ts';
import {
  abruptDrift,
  earlyDrift,
  lastingDrift,
  leastTimesWhole,
  risenOnDayOrWeek,
} from './drift-conditions.ts';
import type { LiveAlertName } from './live-alert-timings.ts';
import type { Condition } from './performance-conditions.ts';
import type { AlertThresholds } from './thresholds.ts';

type Counts = Readonly<Float64Array>;

/** The counts of a replica in the windows that alerts look at. The week is known while the process is younger. */
export type CountWindows = {
  readonly '10m': Counts;
  readonly '1h': Counts;
  readonly '24h': Counts;
  readonly '7d': Counts | null;
};

/**
 * The conditions of the drift alerts on one variable. A replica does not know the hour before its windows, and so takes
 * nothing for season.
 */
export function variableConditions(
  variable: VariableLayout,
  isScore: boolean,
  windows: CountWindows,
  thresholds: AlertThresholds,
): Condition[] {
  const { name, bins, counts, below, above, offset, size } = variable;
  const cut = (window: Counts) => window.subarray(offset, offset + size);
  const measure = (window: Counts) => measureDrift(bins, counts, cut(window));
  const week = windows['7d'];
  const condition = (alert: LiveAlertName, value: number | null) => ({ alert, about: name, value });
  const lasting = lastingDrift(measure(windows['24h']), week && measure(week), thresholds);
  if (isScore) return [condition('ModelScoreDrift', lasting)];

  const referenceSamples = sumCounts(counts);
  const risen = (of: (window: Counts) => number, before: number) => {
    const occurrences = (window: Counts): Occurrences => ({
      count: of(window),
      samples: sumCounts(cut(window)),
    });
    const reference = { count: before, samples: referenceSamples };
    return risenOnDayOrWeek(occurrences(windows['24h']), week && occurrences(week), reference, thresholds);
  };
  const inBin = (bin: number) => risen((window) => window[offset + bin], counts[bin]);
  return [
    condition('ModelFeatureDrift', lasting),
    condition('ModelFeatureDriftEarly', earlyDrift(measure(windows['1h']), thresholds)),
    condition('ModelFeatureDriftFast', abruptDrift(measure(windows['10m']), thresholds)),
    condition('ModelFeatureMissing', inBin(missingBin(bins))),
    bins.kind === 'categorical'
      ? condition('ModelFeatureUnseen', inBin(unseenBin(bins)))
      : condition(
          'ModelFeatureOutsideRange',
          risen((window) => window[below] + window[above], outsideReferenceCount),
        ),
  ];
}

/**
 * ModelSegmentDrift, by the last day alone: one alert a segment, whichever variables drift in it.
 *
 * @param alerted the variables on which an alert on drift of all rows is active
 */
export function segmentConditions(
  monitor: Monitor,
  alerted: ReadonlySet<string | null>,
  describe: (segment: LiveSegment) => string,
  thresholds: AlertThresholds,
): Condition[] {
  const { minPsi, minRequests } = thresholds;
  const day = monitor.window('24h');
  const segments = windowSegments(monitor, day);
  if (segments.length === 0) return [];
  const whole = new Map(
    monitor.variables.map(({ name, bins, counts, offset, size }): [string, Drift] => [
      name,
      measureDrift(bins, counts, day.subarray(offset, offset + size)),
    ]),
  );
  return segments.map((segment) => {
    const alone = segment.variables.flatMap((variable) => {
      const all = whole.get(variable.name);
      if (all === undefined || variable.psi === null || alerted.has(variable.name)) return [];
      const isAlone =
        raisesAlert(variable, minPsi) &&
        variable.psi > leastTimesWhole * (all.psi ?? 0) &&
        !raisesAlert(all, minPsi);
      return isAlone ? variable.psi : [];
    });
    const isEnough = segment.samples >= minRequests['24h'] && alone.length > 0;
    return {
      alert: 'ModelSegmentDrift',
      about: describe(segment),
      value: isEnough ? Math.max(...alone) : null,
    };
  });
}
