import { numericBinIndex } from '../stats/binning.ts';
import {
  type PairedDifference,
  pairedMeanDifference,
  pairedShareDifference,
} from '../stats/paired-difference.ts';
import { pairedRocAuc } from '../stats/paired-roc-auc.ts';

/** What a model predicted for one row; the class by its index. */
export type Said = { readonly score: number; readonly predictedClass: number };

/** Champion and shadow on the same rows. */
export type PairPerformance = {
  /** Rows whose outcome is known. */
  readonly outcomes: number;
  readonly accuracy: Comparison;
  /** Of the exact scores, not of bins. */
  readonly brierScore: Comparison;
  /** Over the score bins of each. */
  readonly rocAuc: Comparison;
};

/** A figure for both; `null` without outcomes that define it. The difference is shadow minus champion. */
export type Comparison = {
  readonly champion: number | null;
  readonly shadow: number | null;
  readonly difference: PairedDifference | null;
};

/**
 * Why a shadow has not scored a row: too many rows were waiting, it failed, or its classes differ from the champion's.
 */
export type DropReason = 'queue_full' | 'failed' | 'other_classes';

/** What is counted for a version and another one that scores the same rows. */
export type ModelPair = {
  /** Rows by what both predicted: one count per class of the shadow, for each class of the champion in turn. */
  readonly agreement: Readonly<Float64Array>;
  /** Rows with an outcome, by which of the two was right. */
  readonly right: Readonly<Record<'both' | 'champion' | 'shadow' | 'neither', number>>;
  /** Rows that only the champion has scored. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Counts what both predicted, by class index. */
  addPrediction(champion: number, shadow: number): void;
  /** @param outcome its index among the classes */
  addOutcome(champion: Said, shadow: Said, outcome: number): void;
  addDropped(reason: DropReason, rows: number): void;
  performance(): PairPerformance;
};

/**
 * @param classes how many the champion has
 * @param edges inner edges of the score bins of each, ascending
 */
export function createModelPair(
  classes: number,
  edges: { readonly champion: readonly number[]; readonly shadow: readonly number[] },
): ModelPair {
  const agreement = new Float64Array(classes ** 2);
  const right = { both: 0, champion: 0, shadow: 0, neither: 0 };
  const dropped = { queue_full: 0, failed: 0, other_classes: 0 };
  const brier = { champion: 0, shadow: 0, difference: 0, squares: 0 };
  const bins = edges.shadow.length + 1;
  const cells = (edges.champion.length + 1) * bins;
  /** By the bins of both, those of the shadow within each of the champion. */
  const [negatives, positives] = [new Float64Array(cells), new Float64Array(cells)];
  return {
    agreement,
    right,
    dropped,
    addPrediction(champion, shadow) {
      agreement[classes * champion + shadow]++;
    },
    addOutcome(champion, shadow, outcome) {
      const [isRight, isShadowRight] = [champion, shadow].map((said) => said.predictedClass === outcome);
      right[isRight ? (isShadowRight ? 'both' : 'champion') : isShadowRight ? 'shadow' : 'neither']++;
      const [of, ofShadow] = [champion, shadow].map(({ score }) => (score - outcome) ** 2);
      brier.champion += of;
      brier.shadow += ofShadow;
      brier.difference += ofShadow - of;
      brier.squares += (ofShadow - of) ** 2;
      const bin = numericBinIndex(edges.champion, champion.score);
      const ofOutcome = outcome === 1 ? positives : negatives;
      ofOutcome[bin * bins + numericBinIndex(edges.shadow, shadow.score)]++;
    },
    addDropped(reason, rows) {
      dropped[reason] += rows;
    },
    performance() {
      const { both, champion, shadow, neither } = right;
      const outcomes = both + champion + shadow + neither;
      const mean = (sum: number) => (outcomes === 0 ? null : sum / outcomes);
      const { first, second, difference } = pairedRocAuc({
        first: negatives.map((_, cell) => Math.floor(cell / bins)),
        second: negatives.map((_, cell) => cell % bins),
        ...{ positives, negatives },
      });
      return {
        outcomes,
        accuracy: {
          champion: mean(both + champion),
          shadow: mean(both + shadow),
          difference: pairedShareDifference({ both, first: champion, second: shadow, neither }),
        },
        brierScore: {
          champion: mean(brier.champion),
          shadow: mean(brier.shadow),
          difference: pairedMeanDifference(outcomes, brier.difference, brier.squares),
        },
        rocAuc: { champion: first, shadow: second, difference },
      };
    },
  };
}
