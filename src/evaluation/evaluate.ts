import type { Artifact, Evaluation as ModelFigures } from '../model/artifact.ts';
import { isWhole } from '../model/features.ts';
import { describePerformance } from '../monitor/describe-performance.ts';
import type { Coverages } from '../monitor/performance-coverage.ts';
import { performanceReferenceOf } from '../monitor/performance-reference.ts';
import type { PerformanceVerdict } from '../monitor/performance-verdict.ts';
import { scoreBandEdges } from '../monitor/score-bands.ts';
import type { ScoreMean } from '../monitor/score-mean.ts';
import { measureExpectedShare } from '../report/compute/expected-share.ts';
import type { Confusion } from '../stats/confusion.ts';
import { bootstrapFigures, type Intervals } from './bootstrap-figures.ts';
import { type BesideChampion, compareWithChampion } from './followed-model.ts';
import type { Delay, LabelledData } from './labelled-rows.ts';
import type { LeftOut } from './left-out.ts';
import {
  type BinnedRows,
  type FigureName,
  type Figures,
  measureBinned,
  measureRows,
  needAllDecisions,
  type ReliabilityBand,
  reliability,
} from './measure.ts';
import { type RocPoint, rocCurve } from './roc-curve.ts';
import { type Slice, sliceBy } from './slices.ts';

/** How well a model does on rows whose outcome is known. Figures are `null` where the rows leave them undefined. */
export type Evaluation = Figures & {
  readonly model: { readonly name: string; readonly version: string };
  /** Whether it does as well as the model file promises, and the same in words. */
  readonly verdict: PerformanceVerdict['verdict'];
  readonly headline: string;
  readonly classes: { readonly negative: string; readonly positive: string };
  readonly source: string;
  readonly samples: number;
  readonly confusion: Confusion;
  /** 95 % bootstrap intervals. */
  readonly intervals: Intervals;
  readonly binned: BinnedRows;
  /** What the verdict follows from. */
  readonly comparison: Omit<PerformanceVerdict, 'verdict' | 'samples'>;
  /** What the model file says of the same figures on rows that the model was not fitted on; `null` where it says nothing. */
  readonly modelFile: ModelFigures | null;
  readonly coverage: Coverages | null;
  readonly delay: Delay | null;
  /** The share of positives that the scores predict; `null` once newer traffic is the model's reference. */
  readonly expectedShare: ScoreMean | null;
  /**
   * Figures that the labelled rows cannot tell, as the outcomes of one decision are missing; they are `null`, and what
   * the labelled rows alone would give stands in `labelledOnly`.
   */
  readonly notIdentified: readonly FigureName[];
  readonly labelledOnly: Partial<Figures>;
  readonly rocCurve: readonly RocPoint[];
  readonly reliability: readonly ReliabilityBand[];
  readonly slices: readonly Slice[];
  /** Beside each version that the model has followed as its shadow, on the rows that both have scored. */
  readonly besideChampions: readonly BesideChampion[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly string[];
};

/** The evaluation as `npm run evaluate -- --json` prints it: a bin is known by its label. */
export function publishedEvaluation(evaluation: Evaluation) {
  const slices = evaluation.slices.map((slice) => ({ ...slice, bin: slice.bin.label }));
  return { ...evaluation, slices };
}

/**
 * Evaluates labelled rows.
 *
 * @param version of the model that made the predictions, where it is another than the artifact's
 */
export function evaluate(artifact: Artifact, data: LabelledData, version = artifact.version): Evaluation {
  const { name, output } = artifact;
  const bandEdges = scoreBandEdges(performanceReferenceOf(artifact).scoreEdges);
  const figures = measureRows(data, bandEdges);
  const intervals = bootstrapFigures(data, bandEdges);
  const notIdentified = data.coverage === null || data.coverage.isIdentified ? [] : needAllDecisions;
  const { binned, judged } = measureBinned(data, artifact);
  const withheld = Object.fromEntries(notIdentified.map((figure) => [figure, null]));
  return {
    model: { name, version },
    verdict: judged.verdict,
    headline: describePerformance(judged, output.positive),
    classes: { negative: output.negative, positive: output.positive },
    source: data.source,
    ...figures,
    ...withheld,
    intervals: { ...intervals, ...withheld },
    binned,
    comparison: { figures: judged.figures, outcomes: judged.outcomes, doubt: judged.doubt },
    modelFile: artifact.evaluation ?? null,
    coverage: data.coverage,
    delay: data.delay,
    expectedShare: measureExpectedShare(artifact, data.scores),
    notIdentified,
    labelledOnly: Object.fromEntries(notIdentified.map((figure) => [figure, figures[figure]])),
    rocCurve: rocCurve(data.scores, data.outcomes),
    reliability: reliability(data, bandEdges),
    slices: [...data.slices].flatMap(([feature, bins]) =>
      sliceBy(feature, bins, data, {
        withheld,
        bandEdges,
        wholeNumbers: artifact.features.some(
          (one) => one.name === feature && one.kind === 'numeric' && isWhole(one),
        ),
      }),
    ),
    besideChampions: data.followed.map(compareWithChampion),
    leftOut: data.leftOut,
    notes: data.notes,
  };
}
