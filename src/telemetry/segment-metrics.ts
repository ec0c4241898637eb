import type { Monitor } from '../monitor/monitor.ts';
import { binLabels } from '../stats/binning.ts';
import { sumCounts } from '../stats/smoothing.ts';
import { instruments } from './instruments.ts';
import { counterData, gaugeData, type MetricSource, type Point } from './metric-data.ts';

/** The series of a model's segments, one per count; none for a model that names no segments. */
export function createSegmentMetrics({ reference, variables, segments, totals }: Monitor): MetricSource {
  const { model, version } = reference;
  const labels = variables.map(({ bins }) => binLabels(bins));
  const cells: { readonly attributes: Point<number>['attributes']; readonly at: number }[] = [];
  const ratios: Point<number>[] = [];
  const samples: Point<number>[] = [];
  for (const [i, { variables: before }] of (reference.segments ?? []).entries()) {
    const cut = segments[i];
    for (let s = 0; s < cut.segments; s++) {
      const segment = { segment_feature: variables[cut.place].name, segment: labels[cut.place][s] };
      cut.variables.forEach(({ place, offset }, v) => {
        const attributes = { model, version, ...segment, feature: variables[place].name };
        const counts = before[v].counts[s];
        const rows = sumCounts(counts);
        samples.push({ attributes, value: rows });
        labels[place].forEach((bin, b) => {
          const cell = { ...attributes, bin };
          cells.push({ attributes: cell, at: cut.offset + s * cut.stride + offset + b });
          ratios.push({ attributes: cell, value: rows > 0 ? counts[b] / rows : 0 });
        });
      });
    }
  }
  if (cells.length === 0) return () => [];
  return () => [
    counterData(
      instruments.segmentObservations,
      cells.map(({ attributes, at }) => ({ attributes, value: totals[at] })),
    ),
    gaugeData(instruments.segmentReferenceRatio, ratios),
    gaugeData(instruments.segmentReferenceSamples, samples),
  ];
}
