import { SpanStatusCode, trace } from '@opentelemetry/api';
import { PredictorFailure } from '../predictors/predictor.ts';
import type { SpanAttributes } from '../telemetry/conventions.ts';
import type { Deployment } from './deployment.ts';

/** What the trace of a request shows about a prediction that failed: the model, and the reason, without its details. */
export function describeFailure({ artifact }: Pick<Deployment, 'artifact'>, error: unknown): void {
  const span = trace.getActiveSpan();
  if (span === undefined) return;
  const attributes: SpanAttributes = {
    'model.name': artifact.name,
    'model.version': artifact.version,
    'error.type': error instanceof PredictorFailure ? error.reason : 'internal',
  };
  span.setAttributes(attributes);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
