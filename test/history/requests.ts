import { loadArtifact } from '../../src/model/artifact.ts';
import { scorerOf } from '../support/model-parts.ts';
import { root } from '../support/service.ts';
import type { Predict, Receipt, Report } from './history.ts';
import type { Recorder } from './recorder.ts';
import { errorCode, type RunningProcess, retryAfterOf } from './slot.ts';

const artifact = await loadArtifact(`${root}models/credit.json`);
const { positive, negative } = artifact.output;
const scoreOf = scorerOf(artifact);

/** The two classes that an outcome can be. */
export const classes: readonly string[] = [negative, positive];

const inputs = [19, 25, 33, 47, 60, 75].flatMap((age) =>
  [300, 1500, 4000, 15_000].flatMap((limit) =>
    ['none', 'paid', 'good', 'critical', 'never seen'].map((history) => {
      const row = { age, limit, history };
      const score = scoreOf(row);
      const prediction = score >= artifact.output.threshold.value ? positive : negative;
      return { body: JSON.stringify(row), expected: { score, prediction } };
    }),
  ),
);

/** Asks for a prediction and notes what came of it. */
export async function sendPrediction(
  process: RunningProcess,
  recorder: Recorder,
  { step, n }: { step: number; n: number },
): Promise<Predict> {
  const { body, expected } = inputs[n % inputs.length];
  const operation = recorder.begin<'predict'>({ kind: 'predict', step, process: process.name, expected });
  try {
    const { status, text, head } = await process.post('/predict', body);
    const { id, score, prediction } = JSON.parse(text);
    const answer = status === 200 ? { id, score, prediction } : {};
    operation.answer = { status, retryAfter: retryAfterOf(head), ...answer };
  } catch (error) {
    operation.error = errorCode(error);
  }
  recorder.end(operation);
  return operation;
}

/** Reports outcomes and notes what came of them. */
export async function sendReport(
  process: RunningProcess,
  recorder: Recorder,
  { step, outcomes }: Pick<Report, 'step' | 'outcomes'>,
): Promise<Report> {
  const operation = recorder.begin<'report'>({ kind: 'report', step, process: process.name, outcomes });
  try {
    const { status, text, head } = await process.post('/outcomes', JSON.stringify(outcomes));
    const receipt = status === 202 || status === 422 ? { receipt: JSON.parse(text) as Receipt } : {};
    operation.answer = { status, retryAfter: retryAfterOf(head), ...receipt };
  } catch (error) {
    operation.error = errorCode(error);
  }
  recorder.end(operation);
  return operation;
}
