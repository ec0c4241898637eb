import type { Artifact } from '../../model/artifact.ts';
import { createValueReader, type Row } from '../../model/row.ts';
import { createContribution, referenceContribution } from './score.ts';

/** Reasons given for one prediction, at most. */
const maxReasons = 4;

/** Why a score is what it is: one feature, and by how much it moved the log-odds. */
export type Reason = {
  readonly feature: string;
  /**
   * The feature's contribution less its mean over the reference: coefficient · deviation from the reference mean.
   * Above 0 it speaks for the positive class.
   */
  readonly logOdds: number;
};

/** Gives the reasons of one row, the weightiest first; features that say nothing are left out. */
export type Explainer = (row: Row) => Reason[];

/**
 * Makes the explainer of a model's scores. The reasons of all features add up to the log-odds of the row less those of
 * the average reference row, for the model is linear in them, as long as none goes beyond ±700 and is bounded.
 */
export function createExplainer({ features }: Pick<Artifact, 'features'>): Explainer {
  const readers = features.map(({ name }) => createValueReader(name));
  const contributions = features.map(createContribution);
  const averages = features.map(referenceContribution);
  return (row) =>
    features
      .map(({ name }, i) => ({
        feature: name,
        logOdds: contributions[i](readers[i](row)) - averages[i],
      }))
      .filter(({ logOdds }) => logOdds !== 0)
      .sort((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds))
      .slice(0, maxReasons);
}
