import type { Histogram, MetricData } from '@opentelemetry/sdk-metrics';
import { unitOf, variableCounts } from '../monitor/live-drift.ts';
import type { Monitor, VariableLayout } from '../monitor/monitor.ts';
import { windowNames } from '../monitor/windows.ts';
import { binLabels, missingBin } from '../stats/binning.ts';
import { measureDrift } from '../stats/drift.ts';
import { midRanks } from '../stats/rank-trend.ts';
import type { BinExemplars } from './bin-exemplars.ts';
import type { Instrument } from './instrument.ts';
import { instruments } from './instruments.ts';
import {
  counterData,
  gaugeData,
  histogramData,
  histogramValue,
  type MetricSource,
  type Point,
} from './metric-data.ts';
import { driftStatisticInstruments } from './model-instruments.ts';
import { createSegmentMetrics } from './segment-metrics.ts';

/**
 * The series of one model version. Attributes, and points that never change, are created once here; a scrape reads the
 * counts.
 *
 * @param exemplars traced rows, if rows are traced
 */
export function createModelMetrics(
  monitor: Monitor,
  exemplars?: Pick<BinExemplars, 'ofCounts' | 'ofScores'>,
): MetricSource {
  const { reference, variables, totals, counts } = monitor;
  const model = { model: reference.model, version: reference.version };
  const labelled = variables.map((variable) => labelVariable(variable, model));
  const predictions = counts.classes.map((prediction) => ({ ...model, prediction }));
  const ratios = labelled.flatMap(({ referenceRatios }) => referenceRatios);
  const midRanks = labelled.flatMap(({ referenceMidRanks }) => referenceMidRanks);
  const effects = labelled.flatMap(({ binEffects }) => binEffects);
  const samples = labelled.map(({ referenceSamples }) => referenceSamples);
  const rejections = [...counts.rejections].flatMap(([feature, reasons]) =>
    [...reasons.keys()].map((reason) => ({ reasons, reason, attributes: { ...model, feature, reason } })),
  );
  const score = labelled[labelled.length - 1];
  const segments = createSegmentMetrics(monitor);
  const numeric = labelled.filter((one) => one !== score && one.variable.bins.kind === 'numeric');

  return () => [
    counterData(
      instruments.predictions,
      predictions.map((attributes, i) => ({ attributes, value: counts.predictions[i] })),
    ),
    histogramData(instruments.predictDuration, [
      {
        attributes: model,
        value: histogramValue(
          counts.predictSeconds.boundaries,
          counts.predictSeconds.counts,
          counts.predictSeconds.sum,
        ),
      },
    ]),
    // the only one of its name: it has no feature label
    histogramData(instruments.score, [
      {
        attributes: model,
        value: valueHistogram(score.variable, totals),
        exemplars: exemplars?.ofScores(0, missingBin(score.variable.bins)),
      },
    ]),
    histogramData(
      instruments.featureValue,
      numeric.map(({ variable, feature }) => ({
        attributes: feature,
        value: valueHistogram(variable, totals),
      })),
    ),
    counterData(
      instruments.binObservations,
      labelled.flatMap(({ variable, bins }) =>
        bins.map((attributes, i) => ({
          attributes,
          value: totals[variable.offset + i],
          exemplars: exemplars?.ofCounts(variable.offset + i, 1),
        })),
      ),
    ),
    gaugeData(instruments.referenceRatio, ratios),
    gaugeData(instruments.referenceSamples, samples),
    gaugeData(instruments.referenceMidRank, midRanks),
    gaugeData(instruments.binEffect, effects),
    counterData(
      instruments.outsideRange,
      labelled
        .filter(({ variable }) => variable.range !== undefined)
        .flatMap(({ variable, below, above }) => [
          { attributes: below, value: totals[variable.below] },
          { attributes: above, value: totals[variable.above] },
        ]),
    ),
    counterData(
      instruments.farOutsideRange,
      numeric.flatMap(({ variable, below, above }) => [
        { attributes: below, value: totals[variable.farBelow] },
        { attributes: above, value: totals[variable.farAbove] },
      ]),
    ),
    counterData(
      instruments.inputRejected,
      rejections.map(({ attributes, reasons, reason }) => ({ attributes, value: reasons.get(reason) ?? 0 })),
    ),
    counterData(instruments.inputsRefused, [{ attributes: model, value: counts.refused }]),
    ...driftData(monitor, labelled),
    ...segments(),
  ];
}

const exported = Object.entries(driftStatisticInstruments) as [
  keyof typeof driftStatisticInstruments,
  Instrument,
][];

type LabelledVariable = ReturnType<typeof labelVariable>;

/** All attribute objects of one variable. */
function labelVariable(variable: VariableLayout, model: { model: string; version: string }) {
  const feature = { ...model, feature: variable.name };
  const rows = variable.counts.reduce((sum, count) => sum + count, 0);
  const bins = binLabels(variable.bins).map((bin) => ({ ...feature, bin }));
  return {
    variable,
    feature,
    bins,
    below: { ...feature, side: 'below' },
    above: { ...feature, side: 'above' },
    windows: windowNames.map((window) => ({ ...feature, window })),
    referenceRatios: bins.map((attributes, i) => ({ attributes, value: variable.counts[i] / rows })),
    referenceSamples: { attributes: feature, value: rows },
    binEffects: (variable.effects ?? []).map((value, i) => ({ attributes: bins[i], value })),
    referenceMidRanks: midRanksOf(variable).map((value, i) => ({ attributes: bins[i], value })),
  };
}

/** None for a category, and if the reference has no values. */
function midRanksOf({ bins, counts }: VariableLayout): number[] {
  return bins.kind === 'numeric'
    ? midRanks(counts.slice(0, missingBin(bins))).filter((rank) => !Number.isNaN(rank))
    : [];
}

function valueHistogram(variable: VariableLayout, totals: Readonly<Float64Array>): Histogram {
  const { bins, offset, sum } = variable;
  const edges = bins.kind === 'numeric' ? bins.edges : [];
  const values = totals.subarray(offset, offset + missingBin(bins));
  return histogramValue(edges, values, totals[sum]);
}

/** Statistics, the ceiling of the PSI and N of each window of this replica, for setups without recording rules. */
function driftData(monitor: Monitor, labelled: readonly LabelledVariable[]): MetricData[] {
  const points = new Map<Instrument, Point<number>[]>();
  const add = (instrument: Instrument, attributes: Point<number>['attributes'], value: number | null) => {
    const known = points.get(instrument) ?? [];
    // without observations there is no value: a missing series is clearer than NaN
    if (value !== null) known.push({ attributes, value });
    points.set(instrument, known);
  };
  windowNames.forEach((name, w) => {
    const window = monitor.window(name);
    for (const { variable, windows } of labelled) {
      const attributes = windows[w];
      const drift = measureDrift(variable.bins, variable.counts, variableCounts(variable, window));
      for (const [name, instrument] of exported) add(instrument, attributes, drift[name]);
      add(instruments.driftCeiling, attributes, drift.psiNoiseCeiling);
      add(instruments.driftSamples, attributes, drift.samples);
      add(instruments.unitFactor, attributes, unitOf(variable, drift.verdict, window)?.factor ?? null);
    }
  });
  return [...points].map(([instrument, values]) => gaugeData(instrument, values));
}
