import type { Deployment } from '../deployments/deployment.ts';
import type { Artifact } from '../model/artifact.ts';
import { learntFromOutcomes } from '../model/learnt.ts';

/** What a model lacks that was described without outcomes, and how to add it; `null` if nothing. */
export function absentWithoutOutcomes(artifact: Artifact): string | null {
  return learntFromOutcomes(artifact) !== undefined
    ? null
    : 'the model file was made from scores without outcomes: performance is not estimated, and there is none to compare with; a file made with --target and --positive has both';
}

/** What a model lacks whose scores cannot be explained, and why; `null` if nothing. */
export function absentWithoutExplanation({ explain }: Pick<Deployment, 'explain'>): string | null {
  return explain !== undefined
    ? null
    : 'the scores are not explained by the features: only a predictor of the kind logistic says how much each of them adds';
}

/** What a model lacks that does not predict here; `null` if nothing. */
export function absentWithoutPredictor({ predictor }: Pick<Deployment, 'predictor'>): string | null {
  return predictor !== undefined
    ? null
    : 'the model is only watched: its predictions are made elsewhere, and sent to /observations';
}
