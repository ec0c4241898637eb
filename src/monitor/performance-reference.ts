import type { Artifact } from '../model/artifact.ts';
import { calibrationOf } from '../model/calibrate.ts';
import { learntFromOutcomes } from '../model/learnt.ts';
import { classesOf } from '../model/output-classes.ts';
import { fineScoreEdges } from './fine-score-edges.ts';
import type { PerformanceReference } from './performance.ts';
import { type TrainingShare, varianceBetween } from './score-mean.ts';

/**
 * What an artifact says about its scores, in the form that performance is counted against. An artifact made without
 * outcomes has no calibration: outcomes are counted over bins that follow its scores, and nothing is estimated.
 */
export function performanceReferenceOf(artifact: Artifact): PerformanceReference {
  const { name, version, output } = artifact;
  const common = {
    model: name,
    version,
    classes: classesOf(output),
    threshold: output.threshold.value,
  };
  const learnt = learntFromOutcomes(artifact);
  if (learnt === undefined) return { ...common, scoreEdges: fineScoreEdges(output.score.reference.edges) };
  const training = trainingShare(artifact);
  return {
    ...common,
    scoreEdges: learnt.bins.edges,
    calibration: calibrationOf(learnt),
    referenceRows: learnt.bins.counts,
    ...(training !== undefined && { training }),
  };
}

/** What the artifact says about the share of positives in its rows; `undefined` once newer traffic is the reference. */
export function trainingShare(artifact: Artifact): TrainingShare | undefined {
  const learnt = learntFromOutcomes(artifact);
  if (artifact.rebaseline !== undefined || learnt === undefined) return undefined;
  const { positives, rows, bins } = learnt;
  return { positives, rows, variance: varianceBetween(bins.counts, bins.expected) };
}
