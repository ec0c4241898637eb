import { loadArtifact } from '../../src/model/artifact.ts';
import { createInputValidator } from '../../src/model/validate-input.ts';
import { scorerOf } from '../scorer.ts';
import { creditModel } from './credit-model.ts';

/** What every variant serves: the same artifact, validated and scored by the same code as Vigia's. */
const artifact = await loadArtifact(process.env.MODEL_PATH ?? creditModel);
const validate = createInputValidator(artifact);
const scoreRow = scorerOf(artifact);

export const { features, output } = artifact;

export type Row = Readonly<Record<string, unknown>>;

export type Answer = { readonly prediction: string; readonly score: number };

/** The faults of a body as an answer lists them; none for a row. */
export function faults(body: unknown): readonly { pointer: string; message: string }[] {
  return validate(body)?.told.map(({ pointer, message }) => ({ pointer, message })) ?? [];
}

/** Scores a row that has no faults. */
export function predict(row: Row): Answer {
  const score = scoreRow(row);
  return { prediction: score >= output.threshold.value ? output.positive : output.negative, score };
}
