import type { Deployment } from '../deployments/deployment.ts';
import type { Artifact } from '../model/artifact.ts';
import { learntFromOutcomes } from '../model/learnt.ts';

/** What is absent of a model that was described without outcomes, and what would bring it; `null` if nothing is. */
export function absentWithoutOutcomes(artifact: Artifact): string | null {
  return learntFromOutcomes(artifact) !== undefined
    ? null
    : 'the model file was made of scores without outcomes: performance is not estimated, and there is none to compare with; a file made with --target and --positive has both';
}

/** What is absent of a model whose scores cannot be explained, and why; `null` if nothing is. */
export function absentWithoutExplanation({ explain }: Pick<Deployment, 'explain'>): string | null {
  return explain !== undefined
    ? null
    : 'the scores are not explained by the features: only a predictor of the kind logistic says how much each of them adds';
}

/** What is absent of a model that does not predict here; `null` if nothing is. */
export function absentWithoutPredictor({ predictor }: Pick<Deployment, 'predictor'>): string | null {
  return predictor !== undefined
    ? null
    : 'the model is watched only: its predictions are made elsewhere, and sent to /observations';
}
