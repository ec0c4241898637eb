import type { OutcomeIntake } from '../outcomes/intake.ts';
import type { KnownModel } from '../outcomes/known-model.ts';
import type { KnownModels } from '../outcomes/known-models.ts';
import { createGroupOutcomeMetrics } from './group-metrics.ts';
import { instruments } from './instruments.ts';
import { counterData, gaugeData, type MetricSource } from './metric-data.ts';
import { createPerformanceMetrics, createTrainingMetrics } from './performance-metrics.ts';

/**
 * What happened to the outcomes reported to this replica. It comes before all other metrics of outcomes, because
 * reading it counts those that are due.
 */
export function intakeMetrics({ results, held, settle }: OutcomeIntake): MetricSource {
  return () => {
    settle();
    return [
      counterData(
        instruments.outcomesReceived,
        Object.entries(results).map(([result, value]) => ({ attributes: { result }, value })),
      ),
      gaugeData(instruments.outcomesHeld, [{ attributes: {}, value: held.size }]),
    ];
  };
}

/**
 * The performance of every model version in use.
 *
 * @param onCollected called in the same turn of the event loop in which the counts are read
 */
export function performanceMetrics(models: KnownModels, onCollected: () => void = () => {}): MetricSource {
  const made = new WeakMap<KnownModel, readonly MetricSource[]>();
  return () => {
    onCollected();
    return models.all().flatMap((model) => {
      const sources = made.get(model) ?? sourcesOf(model);
      made.set(model, sources);
      return sources.flatMap((source) => source());
    });
  };
}

function sourcesOf(known: KnownModel): readonly MetricSource[] {
  const { name: model, version, classes } = known;
  return [
    createPerformanceMetrics(known),
    createTrainingMetrics(known.artifact),
    createGroupOutcomeMetrics({ model, version }, known.groupOutcomes, classes),
  ];
}
