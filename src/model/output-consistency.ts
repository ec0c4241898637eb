import { effectsFaults, type Fault, lengthFault } from './artifact-fault.ts';
import type { Artifact, Output } from './artifact-schema.ts';

/** The parts that require known outcomes: all present, or all absent. */
function labelledFaults({ output, training, evaluation }: Artifact): Fault[] {
  const parts = [
    { path: ['output', 'score', 'bins'], part: output.score.bins },
    { path: ['output', 'calibration'], part: output.calibration },
    { path: ['training', 'positives'], part: training.positives },
    { path: ['training', 'prevalence'], part: training.prevalence },
    { path: ['evaluation'], part: evaluation },
  ];
  const absent = parts.find(({ part }) => part === undefined);
  const present = parts.find(({ part }) => part !== undefined);
  if (absent === undefined || present === undefined) return [];
  return [
    {
      path: absent.path,
      message: `is absent, but ${present.path.join('.')} is present: both need outcomes, so either both or neither must be present`,
    },
  ];
}

function binFaults(bins: NonNullable<Output['score']['bins']>): Fault[] {
  const at = ['output', 'score', 'bins'];
  const faults: Fault[] = [];
  for (const field of ['counts', 'positives', 'expected'] as const) {
    const needed = bins.edges.length + 1;
    faults.push(...lengthFault([...at, field], bins[field].length, needed, 'one per bin of the edges'));
  }
  const tooMany = bins.positives.findIndex((positives, i) => positives > bins.counts[i]);
  if (tooMany >= 0) {
    faults.push({ path: [...at, 'positives', tooMany], message: 'exceeds the count of its bin' });
  }
  return faults;
}

function calibrationFaults({ scores, probabilities }: NonNullable<Output['calibration']>): Fault[] {
  const at = ['output', 'calibration'];
  const faults = lengthFault([...at, 'probabilities'], probabilities.length, scores.length, 'one per score');
  const unsorted = scores.findIndex((score, i) => i > 0 && score <= scores[i - 1]);
  if (unsorted > 0)
    faults.push({ path: [...at, 'scores', unsorted], message: 'must be above the one before' });
  const falling = probabilities.findIndex((probability, i) => i > 0 && probability < probabilities[i - 1]);
  if (falling > 0) {
    faults.push({ path: [...at, 'probabilities', falling], message: 'must not be below the one before' });
  }
  return faults;
}

/** What the schema alone cannot check about the output and the parts learnt from outcomes. */
export function outputFaults(artifact: Artifact): Fault[] {
  const { output, training } = artifact;
  const { reference, bins } = output.score;
  const at = ['output', 'score', 'reference'];
  const faults = [
    ...lengthFault(
      [...at, 'counts'],
      reference.counts.length,
      reference.edges.length + 2,
      'one per bin of the edges, then missing',
    ),
    ...effectsFaults(at, reference),
    ...labelledFaults(artifact),
    ...(bins === undefined ? [] : binFaults(bins)),
    ...(output.calibration === undefined ? [] : calibrationFaults(output.calibration)),
  ];
  if (training.positives !== undefined && training.positives >= training.rows) {
    faults.push({ path: ['training', 'positives'], message: 'must be fewer than the rows' });
  }
  return faults;
}
