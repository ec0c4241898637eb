import type { Artifact } from '../../model/artifact.ts';
import { countedReference } from '../../model/counted.ts';
import { featureBins } from '../../model/features.ts';
import type { Explanation } from '../explanation.ts';
import { createExplainer } from './explain.ts';
import { contributionWithin, meanContribution } from './mean-contribution.ts';
import type { Logistic } from './schema.ts';
import { createContribution, referenceContribution } from './score.ts';
import { sumShifts } from './score-shift.ts';

/** Explains the scores of a logistic regression exactly, as it is linear in the log-odds. */
export function explainLogistic(
  { features: weights }: Logistic,
  { features }: Pick<Artifact, 'features'>,
): Explanation {
  const parts = features.map((feature, i) => ({
    feature,
    weights: weights[i],
    contribution: createContribution(weights[i], feature),
  }));
  const partOf = new Map(parts.map((part) => [part.feature.name, part]));
  function find(name: string) {
    const part = partOf.get(name);
    if (part === undefined) throw new RangeError(`${JSON.stringify(name)} is not a feature of the model`);
    return part;
  }
  const explanation: Explanation = {
    contributionOf: (name) => find(name).contribution,
    contributionWithin(name, bins, bin) {
      const part = find(name);
      return contributionWithin(part.weights, part.contribution, bins, bin);
    },
    meanContribution(name, bins, counted) {
      const part = find(name);
      return meanContribution(part.feature, part.weights, part.contribution, bins, counted);
    },
    createExplainer: (names) =>
      createExplainer(
        names.map(find).map(({ feature: { name }, weights, contribution }) => ({
          name,
          contribution,
          average: referenceContribution(weights),
        })),
      ),
    attributeScoreShift: (live) =>
      sumShifts(
        features.map((feature, i) => {
          const bins = featureBins(feature);
          return {
            name: feature.name,
            reference: explanation.meanContribution(feature.name, bins, countedReference(feature)),
            live: explanation.meanContribution(feature.name, bins, live[i]),
          };
        }),
      ),
  };
  return explanation;
}
