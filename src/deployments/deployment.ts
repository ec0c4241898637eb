import type { Artifact } from '../model/artifact.ts';
import { referenceOf } from '../model/artifact-reference.ts';
import { createDisclosure, type Disclosure } from '../model/disclosure.ts';
import { createInputValidator, type InputValidator } from '../model/validate-input.ts';
import { countDecisions, type Decisions } from '../monitor/group-decisions.ts';
import type { JointGroups } from '../monitor/joint-groups.ts';
import type { ModelCounts } from '../monitor/model-counts.ts';
import { createMonitor, type Monitor } from '../monitor/monitor.ts';
import type { Performance } from '../monitor/performance.ts';
import type { KnownModel } from '../outcomes/known-model.ts';
import type { KnownModels } from '../outcomes/known-models.ts';
import type { ModelDigest } from '../outcomes/token.ts';
import type { Explainer } from '../predictors/explanation.ts';
import type { Predictor } from '../predictors/predictor.ts';
import { createRowFormatter, type RowFormatter } from '../samples/row-formatter.ts';
import { createSampleFormatter, type SampleFormatter, type SampleValues } from '../samples/sample.ts';
import { createUnusualRows, type UnusualRows } from '../samples/unusual-rows.ts';
import { type CategoryIndex, indexCategories } from '../stats/category-text.ts';
import { type BinExemplars, createBinExemplars } from '../telemetry/bin-exemplars.ts';
import { createFailureMetrics } from '../telemetry/failure-metrics.ts';
import { createGroupDecisionMetrics } from '../telemetry/group-metrics.ts';
import type { MetricSource } from '../telemetry/metric-data.ts';
import { createModelMetrics } from '../telemetry/model-metrics.ts';
import { createPredictFailures, type PredictFailures } from './ask-predictor.ts';

/** One loaded model, with everything that requests need from its artifact, made once when it is loaded. */
export type Deployment = {
  readonly artifact: Artifact;
  readonly known: KnownModel;
  /** When it began to answer in this process; ms since 1970. */
  readonly sinceMs: number;
  /** The model digest in the ids of its predictions. */
  readonly digest: ModelDigest;
  readonly validate: InputValidator;
  /** How it computes; `undefined` for a model that is only watched. */
  readonly predictor: Predictor | undefined;
  /** How often it could not predict. */
  readonly failures: PredictFailures;
  /** For the caller, who knows what was sent; `undefined` if scores cannot be explained. */
  readonly explain: Explainer | undefined;
  /** For traces: without what they must not reveal. */
  readonly explainToOthers: Explainer | undefined;
  /** What traces may reveal about its features. */
  readonly disclosure: Disclosure;
  readonly monitor: Monitor;
  readonly counts: ModelCounts;
  readonly performance: Performance;
  /** By bin of the protected features. */
  readonly decisions: Decisions;
  /** How ids represent the protected features; `undefined` without any. */
  readonly groups: JointGroups | undefined;
  readonly metrics: MetricSource;
  /** Traced rows by bin; `undefined` if nothing of a row may be kept. */
  readonly exemplars: BinExemplars | undefined;
  readonly formatSample: SampleFormatter;
  /** The last rows in which a feature was missing, unseen or out of range. */
  readonly unusual: UnusualRows;
  /** The row as a log line may show it. */
  readonly formatPayload: RowFormatter;
  /** The model in a log line: JSON text of its members `model` and `version`. */
  readonly logMembers: string;
  /** JSON text of the answer's `model` member. */
  readonly modelJson: string;
  /** The index of a class, however it is written. */
  readonly placeOfClass: CategoryIndex<number>;
  /** JSON text of each class. */
  readonly classJson: readonly string[];
};

/** Makes a model ready to answer. */
export function deploy(
  artifact: Artifact,
  options: {
    readonly predictor: Predictor | undefined;
    readonly sampleValues: SampleValues;
    readonly models: KnownModels;
  },
): Deployment {
  const { predictor, sampleValues, models } = options;
  const { name, version } = artifact;
  const featureNames = artifact.features.map((feature) => feature.name);
  const known = models.add(artifact);
  const { digest, performance, classes } = known;
  const { groups } = known.groupOutcomes;
  const disclosure = createDisclosure(artifact);
  const monitor = createMonitor(referenceOf(artifact));
  const { counts } = monitor;
  // what samples may not hold of a row, not even by its bins, exemplars do not tell either
  const exemplars = sampleValues === 'off' ? undefined : createBinExemplars(monitor, disclosure);
  const decisions = countDecisions(monitor, artifact.protected);
  const failures = createPredictFailures();
  const sources = [
    createModelMetrics(monitor, exemplars),
    // a model that does not predict here cannot fail to
    ...(predictor === undefined ? [] : [createFailureMetrics({ model: name, version }, failures)]),
    createGroupDecisionMetrics({ model: name, version }, decisions, classes),
  ];
  return {
    artifact,
    known,
    sinceMs: Date.now(),
    digest,
    validate: createInputValidator(artifact),
    predictor,
    failures,
    explain: predictor?.explanation?.createExplainer(featureNames),
    explainToOthers: predictor?.explanation?.createExplainer(disclosure.omit(featureNames)),
    disclosure,
    monitor,
    counts,
    performance,
    decisions,
    groups: groups.features.length > 0 ? groups : undefined,
    metrics: () => sources.flatMap((source) => source()),
    exemplars,
    formatSample: createSampleFormatter({ artifact, values: sampleValues }),
    unusual: createUnusualRows(artifact, sampleValues),
    formatPayload: createRowFormatter(artifact),
    logMembers: JSON.stringify({ model: name, version }).slice(1, -1),
    modelJson: JSON.stringify({ name, version }),
    placeOfClass: indexCategories(classes.map((name, place) => [name, place])),
    classJson: classes.map((name) => JSON.stringify(name)),
  };
}
