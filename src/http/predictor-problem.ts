import { type FailureReason, PredictorFailure } from '../predictors/predictor.ts';
import { Problem, type ProblemKey } from './problem.ts';

/** An overloaded model may soon have capacity again. */
const retryAfterSeconds = '1';

const keys: Readonly<Record<FailureReason, ProblemKey>> = {
  timeout: 'model-timeout',
  unreachable: 'model-failed',
  refused: 'model-failed',
  bad_answer: 'model-failed',
  busy: 'model-busy',
  aborted: 'client-closed-request',
  internal: 'internal',
};

/** The answer to a request whose model could not predict; any other error is returned unchanged. */
export function predictorProblem(error: unknown): unknown {
  if (!(error instanceof PredictorFailure)) return error;
  const { reason, message } = error;
  return new Problem(keys[reason], message, {
    members: { reason },
    ...(reason === 'busy' && { headers: { 'retry-after': retryAfterSeconds } }),
  });
}
