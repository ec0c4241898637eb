import type { Artifact } from '../model/artifact.ts';
import type { PerformanceReference } from './performance.ts';

/** What an artifact says of its scores, in the form that performance is counted against. */
export function performanceReferenceOf(artifact: Artifact): PerformanceReference {
  const { name, version, target, threshold, score, calibration } = artifact;
  return {
    model: name,
    version,
    classes: [target.negative, target.positive],
    threshold: threshold.value,
    scoreEdges: score.bins.edges,
    calibration,
  };
}
