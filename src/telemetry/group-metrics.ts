import type { Decisions } from '../monitor/group-decisions.ts';
import { type GroupOutcomes, groupCountIndex } from '../monitor/group-outcomes.ts';
import { binLabels } from '../stats/binning.ts';
import { instruments } from './instruments.ts';
import { counterData, type MetricSource } from './metric-data.ts';

type Model = { readonly model: string; readonly version: string };

/** Decisions by bin of the protected features of the model that answers. */
export function createGroupDecisionMetrics(
  model: Model,
  { groups }: Decisions,
  classes: readonly string[],
): MetricSource {
  const series = groups.flatMap(({ variable, counts }) =>
    binLabels(variable.bins).flatMap((bin, b) =>
      classes.map((prediction, decision) => ({
        attributes: { ...model, feature: variable.name, bin, prediction },
        counts,
        i: classes.length * b + decision,
      })),
    ),
  );
  return () => [
    counterData(
      instruments.groupPredictions,
      series.map(({ attributes, counts, i }) => ({ attributes, value: counts[i] })),
    ),
  ];
}

/** Outcomes that count, by bin of the protected features, of any version in use. */
export function createGroupOutcomeMetrics(
  model: Model,
  { features, totals }: GroupOutcomes,
  classes: readonly string[],
): MetricSource {
  const series = features.flatMap((layout) =>
    binLabels(layout.bins).flatMap((bin, b) =>
      classes.flatMap((prediction, predicted) =>
        classes.map((outcome, came) => ({
          attributes: { ...model, feature: layout.name, bin, prediction, outcome },
          i: groupCountIndex(layout, b, predicted, came),
        })),
      ),
    ),
  );
  return () => [
    counterData(
      instruments.groupOutcomes,
      series.map(({ attributes, i }) => ({ attributes, value: totals[i] })),
    ),
  ];
}
