import type { Artifact } from '../model/artifact.ts';
import { createScorer, type Scorer } from '../model/score.ts';
import { referenceOf } from '../monitor/artifact-reference.ts';
import { createModelCounts, type ModelCounts } from '../monitor/model-counts.ts';
import { createMonitor } from '../monitor/monitor.ts';
import { digestModel, type ModelDigest } from '../outcomes/token.ts';
import { createRowFormatter, type RowFormatter } from '../samples/redact.ts';
import { createSampleFormatter, type SampleFormatter, type SampleValues } from '../samples/sample.ts';
import type { MetricSource } from '../telemetry/metric-data.ts';
import { createModelMetrics } from '../telemetry/model-metrics.ts';
import { createInputValidator, type InputValidator } from './validate-input.ts';

/** One loaded model with all that is made from its artifact once, so that a request makes nothing. */
export type Deployment = {
  readonly artifact: Artifact;
  /** Which model the ids of its predictions name. */
  readonly digest: ModelDigest;
  readonly validate: InputValidator;
  readonly score: Scorer;
  readonly counts: ModelCounts;
  readonly metrics: MetricSource;
  readonly formatSample: SampleFormatter;
  /** The row as a log line may show it. */
  readonly formatPayload: RowFormatter;
  /** JSON text of the answer's `model` member. */
  readonly modelJson: string;
  /** JSON text of each class, negative first. */
  readonly classJson: readonly [negative: string, positive: string];
};

/** Makes a model ready to answer. */
export function deploy(artifact: Artifact, sampleValues: SampleValues): Deployment {
  const { name, version, target } = artifact;
  const counts = createModelCounts(createMonitor(referenceOf(artifact)), [target.negative, target.positive]);
  return {
    artifact,
    digest: digestModel(artifact),
    validate: createInputValidator(artifact),
    score: createScorer(artifact),
    counts,
    metrics: createModelMetrics(counts),
    formatSample: createSampleFormatter({ artifact, values: sampleValues }),
    formatPayload: createRowFormatter(artifact),
    modelJson: JSON.stringify({ name, version }),
    classJson: [JSON.stringify(target.negative), JSON.stringify(target.positive)],
  };
}
