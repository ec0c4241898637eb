import type { Artifact, Evaluation, Output } from './artifact-schema.ts';

/** The parts of an artifact that require rows with known outcomes. */
export type Learnt = {
  readonly bins: NonNullable<Output['score']['bins']>;
  readonly calibration: NonNullable<Output['calibration']>;
  readonly evaluation: Evaluation;
  /** The rows, and how many of them were positive. */
  readonly rows: number;
  readonly positives: number;
  readonly prevalence: number;
};

/** What was learnt from outcomes; `undefined` for an artifact that was made from scores alone. */
export function learntFromOutcomes({ output, evaluation, training }: Artifact): Learnt | undefined {
  const { calibration, score } = output;
  const { rows, positives, prevalence } = training;
  const { bins } = score;
  // all present or all absent: the artifact has been checked for that
  if (bins === undefined || calibration === undefined || evaluation === undefined) return undefined;
  if (positives === undefined || prevalence === undefined) return undefined;
  return { bins, calibration, evaluation, rows, positives, prevalence };
}
