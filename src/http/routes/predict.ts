import { type Span, trace } from '@opentelemetry/api';
import type { Deployment } from '../../deployments/deployment.ts';
import { record } from '../../deployments/record.ts';
import type { Row } from '../../model/row.ts';
import type { InputFaults } from '../../model/validate-input.ts';
import { recordRejection } from '../../monitor/model-counts.ts';
import { defaultModel, namedModel } from '../chosen-model.ts';
import { readKeyHeader } from '../key-header.ts';
import { Problem } from '../problem.ts';
import { queryValue } from '../query-value.ts';
import { type AcceptedBody, BodyProblem, parseJson, readText } from '../read-body.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

const tracer = trace.getTracer('vigia');

/** `POST /predict` and `POST /models/:name/predict`: scores one row, and counts it, keeps it and tells of it. */
export function addPredictRoutes(router: AppRouter, service: Service): void {
  const accepted = { mediaTypes: ['application/json'], maxBytes: service.config.MAX_BODY_BYTES };
  router.post('/predict', (context) => answer(context, defaultModel(service, 'predict')));
  router.post('/models/:name/predict', (context) => answer(context, namedModel(context, service)));

  async function answer(context: RequestContext, deployment: Deployment): Promise<void> {
    const row = await readRow(context, deployment, accepted);
    const key = readKey(context, deployment);
    if (trace.getActiveSpan()?.isRecording()) {
      tracer.startActiveSpan('predict', (span) => {
        try {
          predict(context, row, key, deployment, service, span);
        } finally {
          span.end();
        }
      });
    } else {
      predict(context, row, key, deployment, service);
    }
  }
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

function predict(
  context: RequestContext,
  row: Row,
  key: string | undefined,
  deployment: Deployment,
  service: Service,
  span?: Span,
): void {
  const { counts, classJson, disclosure, formatPayload } = deployment;
  const startedMs = performance.now();
  const score = deployment.score(row);
  const traceId = context.state.trace?.traceId;
  const { id, isPositive } = record(service, deployment, row, score, {
    startedMs,
    timeMs: undefined,
    isPositive: undefined,
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
  const reasons = asksForReasons(context) ? `,"reasons":${JSON.stringify(deployment.explain(row))}` : '';
  sendJson(
    context,
    `{"prediction":${classJson[isPositive]},"score":${score},"id":"${id}","model":${deployment.modelJson}${reasons}}`,
  );
}

function asksForReasons({ req }: RequestContext): boolean {
  return queryValue(req, 'explain') === 'true';
}
