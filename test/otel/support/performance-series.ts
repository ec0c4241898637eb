import { DataPointType } from '@opentelemetry/sdk-metrics';
import { loadArtifact } from '../../../src/model/artifact.ts';
import { createOutcomeDelays } from '../../../src/monitor/outcome-delays.ts';
import {
  type Cell,
  createPerformance,
  type PerformanceField,
  type PerformanceSums,
  performanceFields,
} from '../../../src/monitor/performance.ts';
import { performanceReferenceOf } from '../../../src/monitor/performance-reference.ts';
import { interpolateCurve } from '../../../src/stats/isotonic-regression.ts';
import {
  createPerformanceMetrics,
  createTrainingMetrics,
} from '../../../src/telemetry/performance-metrics.ts';
import { metricName } from '../../../src/telemetry/prometheus-text.ts';
import { learntOf } from '../../support/model-parts.ts';
import { dailyCounter, dailyGauge } from './days.ts';
import { counter, gauge, minutes, type Series, type Span } from './series.ts';

export const artifact = await loadArtifact('models/credit.json');
const reference = performanceReferenceOf(artifact);
export const model = { model: artifact.name, version: artifact.version };
export const { cells } = createPerformance(reference);

/** What happens in a minute, without any chance: counts are fractions. */
export type Traffic = {
  readonly predictions: number;
  /** Weight of a score bin among the predictions; those of the reference by default. */
  readonly weight?: (bin: number) => number;
  /** Share of the predictions that get an outcome, by decision; all by default. */
  readonly labelled?: (cell: Cell) => number;
  /** P(positive) given the calibrated probability; the same by default. */
  readonly risk?: (probability: number) => number;
};

/** The sums of one minute of traffic, with all scores in the middle of their bins. */
export function sumsOf(traffic: Traffic): PerformanceSums {
  const { predictions, labelled = () => 1, risk = (probability) => probability } = traffic;
  const weight = traffic.weight ?? ((bin: number) => learntOf(artifact).bins.counts[bin]);
  const { sums } = createPerformance(reference);
  const isThere = ({ bin, isPositive }: Cell) => isPositive === middle(bin) >= reference.threshold;
  const total = cells.reduce((sum, cell) => sum + (isThere(cell) ? weight(cell.bin) : 0), 0);
  for (const [i, cell] of cells.entries()) {
    if (!isThere(cell)) continue;
    const score = middle(cell.bin);
    const probability = interpolateCurve(learntOf(artifact).calibration, score);
    const count = (predictions * weight(cell.bin)) / total;
    const outcomes = count * labelled(cell);
    const positives = outcomes * risk(probability);
    sums.predictions[i] = count;
    sums.matured[i] = count;
    sums.expectedPositives[i] = count * probability;
    sums.expectedNegatives[i] = count * (1 - probability);
    sums.positives[i] = positives;
    sums.negatives[i] = outcomes - positives;
    sums.scores[i] = outcomes * score;
    sums.expected[i] = outcomes * probability;
    sums.variance[i] = outcomes * probability * (1 - probability);
    sums.squaredErrors[i] = positives * (1 - score) ** 2 + (outcomes - positives) * score ** 2;
    sums.logLosses[i] = -positives * Math.log(score) - (outcomes - positives) * Math.log(1 - score);
  }
  return sums;
}

/** A score in the middle of the bin; what it calibrates to is as good as any other's in it. */
export function middle(bin: number): number {
  const { scoreEdges } = reference;
  return ((scoreEdges[bin - 1] ?? 0) + (scoreEdges[bin] ?? 1)) / 2;
}

export type PerformancePhase = { readonly from: string; readonly traffic: Traffic };

/** Every series that replicas with this traffic expose. */
export function performanceSeries(replicas: readonly (readonly PerformancePhase[])[], span: Span): Series[] {
  return replicas.flatMap((phases, replica) => {
    const instance = { job: 'vigia', instance: `replica-${replica}` };
    const exposed = phases.map(({ from, traffic }) => ({ from, points: expose(sumsOf(traffic)) }));
    return exposed[0].points.map(({ metric, labels, isCounter, value }, i) => ({
      metric,
      labels: { ...labels, ...instance },
      values: isCounter
        ? counter(
            exposed.map(({ from, points }) => ({ from, perMinute: points[i].value })),
            span,
          )
        : gauge([['0m', value]], span),
    }));
  });
}

/** Of the many series of a model's performance, those about outcomes and what was expected of them. */
const ofOutcomes =
  /^model_(outcomes|outcome_expected|outcome_variance|class_info|score_bin_reference_rows)(_|$)/;

/**
 * What replicas expose of the outcomes of whole days, for the pace 'day'.
 *
 * @param restart the day before whose traffic the first replica starts again
 */
export function dailyOutcomeSeries(replicas: readonly (readonly Traffic[])[], restart?: number): Series[] {
  return replicas.flatMap((days, replica) => {
    const instance = { job: 'vigia', instance: `replica-${replica}` };
    const exposed = days.map((traffic) =>
      expose(sumsOf(traffic)).filter(({ metric }) => ofOutcomes.test(metric)),
    );
    return exposed[0].map(({ metric, labels, isCounter, value }, i) => ({
      metric,
      labels: { ...labels, ...instance },
      values: isCounter
        ? dailyCounter(
            exposed.map((points) => points[i].value),
            replica === 0 ? restart : undefined,
          )
        : dailyGauge(value, days.length),
    }));
  });
}

/** The sums of several replicas, or of several days. */
export function addUp(parts: readonly PerformanceSums[]): PerformanceSums {
  const { sums } = createPerformance(reference);
  for (const part of parts) {
    for (const field of performanceFields) {
      for (let cell = 0; cell < cells.length; cell++) sums[field][cell] += part[field][cell];
    }
  }
  return sums;
}

/** What the service exposes of these sums, by the code of the service. */
function expose(sums: PerformanceSums) {
  const performance = createPerformance(reference);
  for (const field of performanceFields) performance.sums[field].set(sums[field]);
  const delays = createOutcomeDelays(2);
  for (const [i, counts] of [sums.negatives, sums.positives].entries()) {
    delays.histograms[i].counts[0] = counts.reduce((sum, n) => sum + n, 0);
  }
  const metrics = [
    ...createPerformanceMetrics({ performance, delays })(),
    ...createTrainingMetrics(artifact)(),
  ];
  return metrics.flatMap((metric) =>
    metric.dataPoints.map(({ attributes, value }) => ({
      metric: typeof value === 'number' ? metricName(metric) : `${metricName(metric)}_count`,
      labels: attributes as Record<string, string>,
      isCounter: metric.dataPointType !== DataPointType.GAUGE,
      value: typeof value === 'number' ? value : (value.count ?? 0),
    })),
  );
}

/** The sums of all replicas over the window that ends at `at`. */
export function windowSums(
  replicas: readonly (readonly PerformancePhase[])[],
  window: string,
  at: string,
): PerformanceSums {
  const { sums } = createPerformance(reference);
  const from = Math.max(0, minutes(at) - minutes(window));
  for (const phases of replicas) {
    for (const [i, phase] of phases.entries()) {
      const begin = Math.max(from, minutes(phase.from));
      const end = Math.min(minutes(at), phases[i + 1] === undefined ? Infinity : minutes(phases[i + 1].from));
      if (end <= begin) continue;
      const added = sumsOf(phase.traffic);
      for (const field of performanceFields satisfies readonly PerformanceField[]) {
        for (let cell = 0; cell < cells.length; cell++) {
          sums[field][cell] += added[field][cell] * (end - begin);
        }
      }
    }
  }
  return sums;
}
