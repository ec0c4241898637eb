import type { seasons } from '../alerts/alert-windows.ts';
import { driftRule } from '../stats/drift.ts';
import { byFeature, chiSquareQuantile, promql, sumBy } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';
import type { WindowedCount } from './window-rules.ts';

const { pseudoCount, alertDesignEffect } = driftRule;
/** The bins that are one in all comparisons of a feature, within segments as well. */
export const rare = 'model_feature_bin:rare';
/** Of the value bins of numeric variables alone: a join with it drops the other bins. */
export const valueBins = 'model_feature_bin:reference_mid_rank:max';

/** What is compared with its reference: a variable over all rows, or within the rows of a segment. */
export type Subject = {
  /** What the names of its series begin with. */
  readonly prefix: 'model_feature' | 'model_segment';
  /** Labels that make one comparison. */
  readonly by: string;
  /** z of its ceilings. */
  readonly ceilingZ: number;
};

/** The names and joins of the rules of a subject. */
function namesOf({ prefix, by }: Subject) {
  return {
    observed: `${prefix}_bin:observations:increase`,
    ratio: `${prefix}_bin:reference_ratio:max`,
    comparedRatio: `${prefix}_bin:reference_ratio:compared`,
    smoothedRatio: `${prefix}_bin:reference_ratio:smoothed`,
    samples: `${prefix}:reference_samples:max`,
    smoothedSamples: `${prefix}:reference_samples:smoothed`,
    bins: `${prefix}:bins:count`,
    emptyBins: `${prefix}:empty_bins:count`,
    degrees: `${prefix}:degrees_of_freedom`,
    total: `${prefix}:observations:increase`,
    smoothedTotal: `${prefix}:observations:smoothed`,
    smoothed: `${prefix}_bin:live_ratio:smoothed`,
    emptyPsi: `${prefix}:empty_bins:psi`,
    /** Joins many series of a comparison with the one that all of them share. */
    perSubject: `on (${by}) group_left ()`,
    perBin: `on (${by}, bin) group_left ()`,
  };
}

/**
 * The bins that are compared: `other` and `unseen` as one where the reference of all rows expects unseen values, as
 * `comparedCounts` in `src/stats` does.
 *
 * @param expr with the label `bin`, and those of `by` beside it
 */
function compared(expr: string, by: string): string {
  return promql`
    (
      ${expr}
        unless on (${byFeature}, bin) ${rare}
      or
      label_replace(
        sum by (${by}) (${expr} and on (${byFeature}, bin) ${rare}),
        "bin", "other", "", "")
    )`;
}

/** The reference as it is compared, with half an observation a bin. */
export function comparedReference(subject: Subject): RecordingRule[] {
  const { ratio, comparedRatio, smoothedRatio, samples, smoothedSamples, bins, degrees, perSubject } =
    namesOf(subject);
  const { by } = subject;
  return [
    {
      record: comparedRatio,
      expr: compared(ratio, by),
    },
    {
      record: bins,
      expr: `count by (${by}) (${comparedRatio})`,
    },
    {
      // At least 1, so that a constant reference has a ceiling too.
      record: degrees,
      expr: `clamp_min(count by (${by}) (${comparedRatio} > 0) - 1, 1)`,
    },
    {
      record: smoothedSamples,
      expr: `${samples} + ${pseudoCount} * ${bins}`,
    },
    {
      record: smoothedRatio,
      expr: promql`
        (${comparedRatio} * ${perSubject} ${samples} + ${pseudoCount})
          / ${perSubject}
        ${smoothedSamples}`,
    },
  ];
}

/** If no replica exports a bin of the reference, none has seen it. */
export function observations({ prefix, by }: Subject): WindowedCount {
  return {
    name: `${prefix}_bin:observations`,
    count: (rise) => sumBy(`${by}, bin`, rise(`${prefix}_bin_observations_total`)),
    otherwise: `0 * ${prefix}_bin:reference_ratio:max`,
  };
}

/** Live observations of all bins of a window. */
export function totalObservations(subject: Subject): RecordingRule {
  const { observed, total } = namesOf(subject);
  return {
    record: total,
    expr: `sum by (${subject.by}, window) (${observed})`,
  };
}

/** PSI and its noise ceiling as `measureDrift` in `src/stats` defines them; absent while the window is empty. */
export function distance(subject: Subject): RecordingRule[] {
  const names = namesOf(subject);
  const { total, smoothedTotal, smoothed, smoothedRatio, emptyPsi, emptyBins, perSubject, perBin } = names;
  const { prefix, by } = subject;
  const base = `${perBin} ${smoothedRatio}`;
  return [
    {
      record: smoothedTotal,
      expr: `(${total} > 0) + ${perSubject} ${pseudoCount} * ${names.bins}`,
    },
    {
      record: smoothed,
      expr: promql`
        (${compared(names.observed, `${by}, window`)} + ${pseudoCount})
          / on (${by}, window) group_left ()
        ${smoothedTotal}`,
    },
    {
      record: `${prefix}:psi`,
      expr: promql`
        sum by (${by}, window) (
          (${smoothed} - ${base})
          * ln(${smoothed} / ${base})
        )`,
    },
    {
      // What bins that are empty on both sides add to the PSI: half an observation weighs more among few.
      record: emptyPsi,
      expr: promql`
        -(${pseudoCount} / ${smoothedTotal} - ${perSubject} ${pseudoCount} / ${names.smoothedSamples})
          * ${perSubject} ${emptyBins}
          * on (${by}, window)
        ln(${smoothedTotal} / ${perSubject} ${names.smoothedSamples})`,
    },
    ceiling(subject, 'psi_noise_ceiling', 1),
    // Rows of real traffic are not independent of each other: for alerts several of them count as one.
    ceiling(subject, 'psi_alert_ceiling', alertDesignEffect),
  ];
}

function ceiling(subject: Subject, name: string, designEffect: number): RecordingRule {
  const { total, samples, degrees, emptyPsi, perSubject } = namesOf(subject);
  return {
    record: `${subject.prefix}:${name}`,
    expr: promql`
      (${designEffect} / (${total} > 0) + ${perSubject} 1 / ${samples})
        * ${perSubject}
      (
        ${chiSquareQuantile(degrees, subject.ceilingZ)}
      )
        + on (${subject.by}, window)
      ${emptyPsi}`,
  };
}

/**
 * The same test of a window against an earlier one in place of the reference; absent where that had too few requests to
 * be one.
 */
export function seasonRules(
  subject: Subject,
  season: (typeof seasons)[number],
  { time, requests, thresholds }: Scales,
): RecordingRule[] {
  const { total, observed, smoothed, smoothedTotal } = namesOf(subject);
  const { prefix, by } = subject;
  const { window, earlier } = season;
  const ago = `offset ${time(earlier)}`;
  const labels = { window, earlier };
  const now = `${smoothed}{window="${window}"}`;
  const seen = `${total}{window="${window}"}`;
  const rows = `${smoothedTotal}{window="${window}"}`;
  const enough = `(${seen} ${ago} >= ${requests(thresholds.minRequests[window])})`;
  const before = `${observed}{window="${window}"} ${ago}`;
  const occupied = `(${compared(before, `${by}, window`)} > 0)`;
  const degrees = `${prefix}:degrees_of_freedom_to_earlier{window="${window}", earlier="${earlier}"}`;
  return [
    {
      record: `${prefix}:psi_to_earlier`,
      labels,
      expr: promql`
        sum by (${by}, window) (
          (${now} - ${now} ${ago})
          * ln(${now} / ${now} ${ago})
        )
        and ${enough}`,
    },
    {
      record: `${prefix}:degrees_of_freedom_to_earlier`,
      labels,
      expr: `clamp_min(count by (${by}, window) ${occupied} - 1, 1)`,
    },
    {
      record: `${prefix}:psi_to_earlier_alert_ceiling`,
      labels,
      expr: promql`
        (${alertDesignEffect} / (${seen} > 0) + ${alertDesignEffect} / ${enough})
          * on (${by}, window)
        (
          ${chiSquareQuantile(degrees, subject.ceilingZ)}
        )
          - on (${by}, window)
        (${pseudoCount} / ${rows} - ${pseudoCount} / ${rows} ${ago})
          * on (${by}, window)
        (
          count by (${by}, window) (
            ${before} == 0
              and on (${byFeature}, bin) ${valueBins}
          )
            or 0 * ${rows}
        )
          * on (${by}, window)
        ln(${rows} / ${rows} ${ago})`,
    },
  ];
}
