import { type Span, trace } from '@opentelemetry/api';
import { askPredictor, classOf } from '../../deployments/ask-predictor.ts';
import type { Deployment } from '../../deployments/deployment.ts';
import { record } from '../../deployments/record.ts';
import type { Row } from '../../model/row.ts';
import type { InputFaults } from '../../model/validate-input.ts';
import { recordRejection } from '../../monitor/model-counts.ts';
import type { Prediction } from '../../predictors/predictor.ts';
import { modelPath } from '../../text/model-path.ts';
import { CallOfRequest } from '../call-of-request.ts';
import { defaultModel, namedModel } from '../chosen-model.ts';
import { readKeyHeader } from '../key-header.ts';
import { predictorProblem } from '../predictor-problem.ts';
import { Problem } from '../problem.ts';
import { queryFlag } from '../query-value.ts';
import { type AcceptedBody, BodyProblem, parseJson, readText } from '../read-body.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

const tracer = trace.getTracer('vigia');

/** `POST /predict` and `POST /models/:name/predict`: scores one row, and counts it, keeps it and tells of it. */
export function addPredictRoutes(router: AppRouter, service: Service): void {
  const accepted = { mediaTypes: ['application/json'], maxBytes: service.config.MAX_BODY_BYTES };
  router.post('/predict', (context) => answer(context, defaultModel(context, service, 'predict')));
  router.post('/models/:name/predict', (context) => answer(context, namedModel(context, service)));

  async function answer(context: RequestContext, deployment: Deployment): Promise<void> {
    if (deployment.predictor === undefined) throw watchedOnly(deployment);
    // before anything is counted
    const wantsReasons = deployment.explain !== undefined && queryFlag(context.req, 'explain', false);
    const row = await readRow(context, deployment, accepted);
    const key = readKey(context, deployment);
    const request = { context, row, key, wantsReasons, deployment, service };
    // not awaited where it is answered at once: a turn of the queue of promises is time
    const answered = trace.getActiveSpan()?.isRecording() ? predictInSpan(request) : predict(request);
    if (answered !== undefined) await answered;
  }
}

function predictInSpan(request: PredictRequest): Promise<void> | undefined {
  return tracer.startActiveSpan('predict', (span) => {
    let answered: Promise<void> | undefined;
    try {
      answered = predict({ ...request, span })?.finally(() => span.end());
    } finally {
      if (answered === undefined) span.end();
    }
    return answered;
  });
}

function watchedOnly({ artifact: { name } }: Deployment): Problem {
  return new Problem(
    'watched-only',
    `the model ${name} is watched only: send the predictions that are made elsewhere to ${modelPath(name, 'observations')}`,
  );
}

/** Reads and checks the body; every refusal is counted, under the model's own feature names only. */
async function readRow(
  context: RequestContext,
  deployment: Deployment,
  accepted: AcceptedBody,
): Promise<Row> {
  const { counts, validate } = deployment;
  let body: unknown;
  try {
    body = parseJson((await readText(context.req, accepted)).text);
  } catch (error) {
    if (error instanceof BodyProblem) {
      counts.refused++;
      recordRejection(counts, '', error.reason);
    }
    throw error;
  }
  const faults = validate(body);
  if (faults === null) return body as Row;
  counts.refused++;
  for (const { feature, code, count } of faults.counts) recordRejection(counts, feature, code, count);
  throw invalidInput(faults);
}

/** What the caller calls the prediction, if anything. A header that cannot be used counts as a refused input. */
function readKey({ req }: RequestContext, { counts }: Deployment): string | undefined {
  try {
    return readKeyHeader(req);
  } catch (error) {
    counts.refused++;
    recordRejection(counts, '', 'invalid_key');
    throw error;
  }
}

/**
 * What a body with faults is answered with: the first one in its detail, as many as are told as `errors`, and how many
 * more there are as `moreErrors`.
 */
export function invalidInput({ told, total }: Pick<InputFaults, 'told' | 'total'>): Problem {
  const [{ pointer, message }] = told;
  const more = total > 1 ? `, and ${total - 1} more` : '';
  return new Problem('invalid-input', `${pointer || 'the body'} ${message}${more}`, {
    members: {
      errors: told.map(({ pointer, code, message }) => ({ pointer, code, message })),
      ...(total > told.length && { moreErrors: total - told.length }),
    },
  });
}

/** One row to be predicted, and whom for. */
type PredictRequest = {
  readonly context: RequestContext;
  readonly row: Row;
  readonly key: string | undefined;
  readonly wantsReasons: boolean;
  readonly deployment: Deployment;
  readonly service: Service;
  readonly span?: Span;
};

/**
 * @returns a promise only where the predictor answers later
 * @throws Problem (or rejects with it) when it fails; nothing is recorded then
 */
function predict(request: PredictRequest): Promise<void> | undefined {
  const { context, row, deployment, service } = request;
  const startedMs = performance.now();
  let predicted: ReturnType<typeof askPredictor>;
  try {
    predicted = askPredictor(
      deployment,
      [row],
      new CallOfRequest(context.req, context.res, service.callerTrace),
    );
  } catch (error) {
    throw predictorProblem(error);
  }
  if (predicted instanceof Promise) {
    return predicted.then(
      ([prediction]) => answer(request, prediction, startedMs),
      (error) => {
        throw predictorProblem(error);
      },
    );
  }
  answer(request, predicted[0], startedMs);
  return undefined;
}

function answer(
  { context, row, key, wantsReasons, deployment, service, span }: PredictRequest,
  { score, prediction }: Prediction,
  startedMs: number,
): void {
  const { counts, classJson, disclosure, explain, formatPayload } = deployment;
  const traceId = context.state.trace?.traceId;
  const { id, isPositive } = record(service, deployment, row, score, {
    startedMs,
    timeMs: undefined,
    isPositive: classOf(deployment, prediction),
    wantsId: true,
    traceId,
    key,
    span,
  });
  const { LOG_PAYLOAD } = service.config;
  context.state.prediction = {
    key: key && disclosure.tellKey(key),
    prediction: counts.classes[isPositive],
    score: LOG_PAYLOAD && !disclosure.tellsScore ? undefined : score,
    payload: LOG_PAYLOAD ? formatPayload(row) : undefined,
  };
  const reasons = explain && wantsReasons ? `,"reasons":${JSON.stringify(explain(row))}` : '';
  sendJson(
    context,
    `{"prediction":${classJson[isPositive]},"score":${score},"id":"${id}","model":${deployment.modelJson}${reasons}}`,
  );
}
