import { createModelPair, type PairPerformance, type Said } from '../monitor/model-pair.ts';
import { pairedRocAuc } from '../stats/paired-roc-auc.ts';

/** A row that two models have scored, the one that is evaluated as the shadow of the other. */
export type FollowedRow = {
  readonly champion: Said;
  readonly shadow: Said;
  /** Its place among the classes. */
  readonly outcome: number;
};

/** A version that the evaluated model has followed as its shadow, and the rows that both have scored. */
export type FollowedModel = {
  readonly model: { readonly name: string; readonly version: string };
  readonly rows: readonly FollowedRow[];
};

/** What the two are worth on the same rows. */
export type BesideChampion = PairPerformance & { readonly champion: FollowedModel['model'] };

/** Compares the evaluated model with one that it followed, as the service does, but for the AUC, which is that of the rows. */
export function compareWithChampion({ model, rows }: FollowedModel): BesideChampion {
  // of a binary model; without bins, as the scores are here
  const pair = createModelPair(2, { champion: [], shadow: [] });
  for (const { champion, shadow, outcome } of rows) pair.addOutcome(champion, shadow, outcome);
  const { first, second, difference } = pairedRocAuc({
    first: rows.map(({ champion }) => champion.score),
    second: rows.map(({ shadow }) => shadow.score),
    positives: rows.map(({ outcome }) => outcome),
    negatives: rows.map(({ outcome }) => 1 - outcome),
  });
  return {
    champion: model,
    ...pair.performance(),
    rocAuc: { champion: first, shadow: second, difference },
  };
}

/** The figures that the two are compared by, and what people call them. */
export const pairFigures = [
  ['accuracy', 'accuracy'],
  ['rocAuc', 'ROC AUC'],
  ['brierScore', 'Brier score'],
] as const;
