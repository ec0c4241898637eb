import { createValueReader } from '../../model/row.ts';
import type { Contribution, Explainer } from '../explanation.ts';

/** The maximum number of reasons given for one prediction. */
const maxReasons = 4;

/** A feature with its contribution, and the average contribution over the reference. */
export type ExplainedFeature = {
  readonly name: string;
  readonly contribution: Contribution;
  readonly average: number;
};

/**
 * Makes an explainer of scores: coefficient · deviation from the reference mean for each feature. The reasons of all
 * features add up to the log-odds of the row minus those of the average reference row, because the model is linear in
 * them, unless a contribution is clipped at ±700.
 */
export function createExplainer(features: readonly ExplainedFeature[]): Explainer {
  const readers = features.map(({ name }) => createValueReader(name));
  return (row) =>
    features
      .map(({ name, contribution, average }, i) => ({
        feature: name,
        logOdds: contribution(readers[i](row)) - average,
      }))
      .filter(({ logOdds }) => logOdds !== 0)
      .sort((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds))
      .slice(0, maxReasons);
}
