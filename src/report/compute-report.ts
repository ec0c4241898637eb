import { type AlertSettings, defaultAlertSettings } from '../alerts/alert-settings.ts';
import type { Artifact } from '../model/artifact.ts';
import { createDisclosure } from '../model/disclosure.ts';
import { inputDoubts } from '../monitor/estimate-trust.ts';
import { filePredictor } from '../predictors/index.ts';
import { driftRule } from '../stats/drift.ts';
import { compareImportance } from '../stats/effect.ts';
import { judgeAll } from '../stats/judge-all.ts';
import { slowDriftRule } from '../stats/slow-drift.ts';
import { formatCount } from '../text/format.ts';
import { dayMs } from '../times/day.ts';
import { backtest } from './compute/backtest.ts';
import { maxExactValues } from './compute/collect-numbers.ts';
import type { Live } from './compute/count-live.ts';
import { describeDropped } from './compute/describe-dropped.ts';
import type { ValueRows } from './compute/domain-columns.ts';
import type { DriftReference } from './compute/drift-reference.ts';
import type { DriftReport, ReportVariable } from './compute/drift-report.ts';
import { measureExpectedShare } from './compute/expected-share.ts';
import type { LiveVariable } from './compute/live-variable.ts';
import { logOddsChange } from './compute/log-odds-change.ts';
import { measureSlowDrift } from './compute/measure-slow-drift.ts';
import { type Measured, measureVariable } from './compute/measure-variable.ts';
import { createSortSpace } from './compute/number-column.ts';
import type { SegmentColumn, SegmentCounter } from './compute/segment-counts.ts';
import { tellApart } from './compute/tell-apart.ts';
import { describeWithSegments, withSegments } from './describe/describe-segments.ts';
import {
  describeWithSlowDrift,
  sentenceWithSlowDrift,
  withSlowDrift,
} from './describe/describe-slow-drift.ts';
import { describeWithTogether, withTogether } from './describe/describe-together.ts';
import { describeAbsence, describeVariable, type Words } from './describe/describe-variable.ts';
import { describeConsequence, describeVerdict } from './describe/describe-verdict.ts';
import { measureSegments } from './measure-segments.ts';

/** The same rows cut into segments, on both sides. */
export type CutRows = {
  readonly by: readonly SegmentColumn[];
  readonly reference: SegmentCounter;
  readonly live: SegmentCounter;
};

/**
 * Makes the report of what was counted.
 *
 * @param artifact the model, if there is one
 * @param rows values of the reference, where they are known
 * @param cut the segments, if rows were cut
 * @param alertSettings what alerts are replayed with
 */
export function computeReport(
  reference: DriftReference,
  live: Live,
  artifact: Artifact | null,
  rows: ValueRows | null = null,
  cut: CutRows | null = null,
  alertSettings: AlertSettings = defaultAlertSettings,
): DriftReport {
  const words: Words = {
    rows: live.areRequests ? 'requests' : 'rows',
    origin: reference.origin,
    otherVersions: [...live.otherVersions.values()].reduce((sum, count) => sum + count, 0),
  };
  const steps = live.overTime.steps();
  const timed = steps.length > 1 ? steps : [];
  const days = live.byDay.stepMs === dayMs ? live.byDay.steps() : [];
  const spaces = { reference: createSortSpace(), live: createSortSpace() };
  const explanation = artifact === null ? undefined : filePredictor(artifact)?.explanation;
  let offset = 0;
  const { isWithheld } = createDisclosure(artifact);
  const report = (variable: LiveVariable): ReportVariable => {
    const all = measureVariable(variable, spaces, timed, offset);
    const slowDrift = measureSlowDrift(variable.reference, days, offset);
    const measured = isWithheld(all.name) ? withoutSingleValues(all) : all;
    offset += variable.counts.length;
    const feature = artifact?.features.find(({ name }) => name === measured.name);
    const { bins, ...known } = variable.reference;
    const sentence = isNotInRows(variable)
      ? describeAbsence(variable, words, isWithheld(measured.name))
      : describeVariable(measured, words, variable === live.score);
    return {
      ...measured,
      slowDrift,
      logOddsChange:
        feature === undefined || explanation === undefined
          ? null
          : logOddsChange(explanation, feature.name, bins, known, variable),
      sentence: sentenceWithSlowDrift(sentence, { ...measured, slowDrift }),
    };
  };
  const features = live.features.map(report).sort(compareImportance);
  const score = live.score && report(live.score);
  const absent = live.features.filter(isNotInRows).map(({ reference: { name } }) => name);
  // what no row can tell does not leave the rest undecided
  const judged =
    absent.length < features.length ? features.filter(({ name }) => !absent.includes(name)) : features;
  const all = [...judged, ...(score === null ? [] : [score])];
  const ofAllRows = judgeAll(all.map((each) => each.verdict));
  const whole = withSlowDrift(ofAllRows, all);
  const segments = cut && measureSegments(cut.by, cut.reference, cut.live, reference.score, words);
  const variables = live.features.map((variable) => variable.reference);
  const together = rows && tellApart(variables, rows, live.rows);
  const verdict = withTogether(withSegments(whole, segments), together);
  const { minPsi, minMovedPsi, minTrend, ceilingZ, undeterminedCeiling, pseudoCount } = driftRule;
  return {
    model: artifact && { name: artifact.name, version: artifact.version },
    reference: { origin: reference.origin, samples: reference.samples, version: reference.version },
    live: {
      samples: live.samples,
      damagedLines: live.damaged,
      from: isoOrNull(live.fromMs),
      to: isoOrNull(live.toMs),
      kind: words.rows,
      damaged: [...live.faults],
      otherVersions: [...live.otherVersions].map(([version, samples]) => ({ version, samples })),
    },
    rule: {
      minPsi,
      minMovedPsi,
      minTrend,
      ceilingZ,
      undeterminedCeiling,
      pseudoCount,
      slowDriftThreshold: slowDriftRule.threshold,
    },
    verdict,
    headline: describeWithSegments(
      describeWithTogether(
        describeWithSlowDrift(
          describeVerdict({ features: judged, score, verdict: ofAllRows }, words),
          ofAllRows,
          all,
        ),
        whole,
        together,
      ),
      whole,
      segments,
    ),
    // Where nothing can be told of the features, their effect is chance as well.
    consequence: whole === 'undetermined' ? null : describeConsequence(features, artifact?.output.positive),
    features,
    score,
    segments,
    together,
    predictions: comparePredictions(reference, live, artifact),
    positive: artifact?.output.positive ?? null,
    expectedShare: artifact && expectedShare(artifact, live),
    stepSeconds: timed.length > 0 ? live.overTime.stepMs / 1000 : null,
    alarms: live.replay && backtest(live.replay, variables, reference.score, alertSettings),
    notes: [...reference.notes, ...live.notes, ...limits(reference, live, features, words)],
  };
}

/** Leaves out what is the value of a single row: extremes, quantiles and examples. */
function withoutSingleValues(measured: Measured): Measured {
  return { ...measured, summary: null, unseenValues: [] };
}

/** Whether every row withholds the variable. */
function isNotInRows({ counts, withheld }: LiveVariable): boolean {
  return withheld > 0 && counts.every((count) => count === 0);
}

/** Of all scores, which is possible while they are not too many to keep. */
function expectedShare(artifact: Artifact, { score, features }: Live): DriftReport['expectedShare'] {
  const column = score?.column;
  const measured = column ? measureExpectedShare(artifact, column) : null;
  const doubts = features.flatMap(({ reference, counts, below, above }) =>
    inputDoubts(reference, { counts, outside: below + above }),
  );
  return measured && { doubts, ...measured };
}

function isoOrNull(ms: number): string | null {
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

function comparePredictions(
  reference: DriftReference,
  { predictions }: Live,
  artifact: Artifact | null,
): DriftReport['predictions'] {
  const total = [...predictions.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const classes = new Set([
    ...(artifact === null ? [] : [artifact.output.positive, artifact.output.negative]),
    ...predictions.keys(),
    ...(reference.predictions?.keys() ?? []),
  ]);
  return [...classes].map((name) => ({
    class: name,
    reference: reference.predictions === null ? null : (reference.predictions.get(name) ?? 0),
    live: (predictions.get(name) ?? 0) / total,
  }));
}

/** What the figures cannot tell here, and why. */
function limits(
  reference: DriftReference,
  live: Live,
  features: readonly ReportVariable[],
  { rows }: Words,
): string[] {
  const notes: string[] = [];
  const { version } = reference;
  if (live.byDay.stepMs !== dayMs) {
    notes.push(
      `The live ${rows} are of so many days that slow drift is not looked for: choose a period with --since and --until.`,
    );
  }
  if (live.version !== null && version !== null && live.version !== version) {
    notes.push(`The live ${rows} are of model version ${live.version}, the reference is of ${version}.`);
  }
  for (const { reference: variable, notNumbers, withheld, leftOut } of live.features) {
    notes.push(...describeDropped({ name: variable.name, notNumbers, withheld, leftOut }, rows));
  }
  const numeric = live.features.filter(({ reference: { bins } }) => bins.kind === 'numeric');
  if (live.samples > 0 && live.features.every(({ counts }) => counts.every((count) => count === 0))) {
    notes.push(`The live ${rows} hold no feature values: only the scores can be compared.`);
  } else if (
    numeric.some(({ counts, mean, column }) => counts.some(Boolean) && mean === null && column === null)
  ) {
    notes.push(
      `The live ${rows} hold bins, not values: p, Wasserstein distance, mean, percentiles and the effect of numbers on the score cannot be given.`,
    );
  }
  if (reference.origin === 'file') {
    const long = features.filter(
      ({ kind, kolmogorovSmirnov }) => kind === 'numeric' && kolmogorovSmirnov?.basis === 'bins',
    );
    if (long.length > 0 && numeric.some(({ mean }) => mean !== null)) {
      notes.push(
        `Compared over bins, without p and Wasserstein distance, as there are more than ${formatCount(maxExactValues)} values: ${long.map(({ name }) => name).join(', ')}.`,
      );
    }
  }
  return notes;
}
