import type { Artifact } from '../model/artifact.ts';
import { calibrationOf } from '../model/calibrate.ts';
import type { PerformanceReference } from './performance.ts';
import { type TrainingShare, varianceBetween } from './score-mean.ts';

/** What an artifact says of its scores, in the form that performance is counted against. */
export function performanceReferenceOf(artifact: Artifact): PerformanceReference {
  const { name, version, target, threshold, score } = artifact;
  const training = trainingShare(artifact);
  return {
    model: name,
    version,
    classes: [target.negative, target.positive],
    threshold: threshold.value,
    scoreEdges: score.bins.edges,
    calibration: calibrationOf(artifact),
    referenceRows: score.bins.counts,
    ...(training !== undefined && { training }),
  };
}

/** What the artifact says of its training rows; `undefined` once newer traffic is the reference. */
export function trainingShare({ rebaseline, training, score }: Artifact): TrainingShare | undefined {
  if (rebaseline !== undefined) return undefined;
  const { positives, rows } = training;
  return { positives, rows, variance: varianceBetween(score.bins.counts, score.bins.expected) };
}
