import { type Span, trace } from '@opentelemetry/api';
import type { Deployment } from '../../deployments/deployment.ts';
import type { Row } from '../../model/row.ts';
import type { InputFaults } from '../../model/validate-input.ts';
import { findUnusual } from '../../monitor/findings.ts';
import { recordValue } from '../../monitor/histogram.ts';
import { recordRejection } from '../../monitor/model-counts.ts';
import { isoTime } from '../../times/iso-time.ts';
import { Problem } from '../problem.ts';
import { type AcceptedBody, BodyProblem, parseJson, readText } from '../read-body.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

const tracer = trace.getTracer('vigia');

/** `POST /predict`: scores one row, and counts it, keeps it and tells of it. */
export function addPredictRoute(router: AppRouter, service: Service): void {
  const accepted = { mediaTypes: ['application/json'], maxBytes: service.config.MAX_BODY_BYTES };
  router.post('/predict', async (context) => {
    const { deployment } = service;
    const row = await readRow(context, deployment, accepted);
    if (trace.getActiveSpan()?.isRecording()) {
      tracer.startActiveSpan('predict', (span) => {
        try {
          predict(context, row, deployment, service, span);
        } finally {
          span.end();
        }
      });
    } else {
      predict(context, row, deployment, service);
    }
  });
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
  deployment: Deployment,
  service: Service,
  span?: Span,
): void {
  const { artifact, counts, classJson, disclosure, formatSample, formatPayload } = deployment;
  const startedMs = performance.now();
  const score = deployment.score(row);
  const isPositive = score >= artifact.threshold.value ? 1 : 0;
  const observation = counts.monitor.observe(row, score);
  counts.predictions[isPositive]++;
  deployment.performance.addPrediction(score);
  deployment.decisions.record(observation, isPositive === 1);
  recordValue(counts.predictSeconds, (performance.now() - startedMs) / 1000);

  const { config, samples, tokens } = service;
  const prediction = counts.classes[isPositive];
  const nowMs = Date.now();
  const group = deployment.groups?.numberOf(observation.bins);
  const id = tokens.sign(deployment.digest, nowMs, score, isPositive === 1, group);
  if (config.SAMPLES_RATIO === 1 || Math.random() < config.SAMPLES_RATIO) {
    const { bins, outside } = observation;
    const time = isoTime(nowMs);
    const traceId = context.state.trace?.traceId;
    samples.append(formatSample(time, id, traceId, row, bins, outside, score, prediction));
  }
  if (span) describePrediction(span, deployment, row, score, prediction, observation);
  context.state.prediction = {
    prediction,
    score: config.LOG_PAYLOAD && !disclosure.tellsScore ? undefined : score,
    payload: config.LOG_PAYLOAD ? formatPayload(row) : undefined,
  };
  const reasons = asksForReasons(context) ? `,"reasons":${JSON.stringify(deployment.explain(row))}` : '';
  sendJson(
    context,
    `{"prediction":${classJson[isPositive]},"score":${score},"id":"${id}","model":${deployment.modelJson}${reasons}}`,
  );
}

function asksForReasons({ req: { url = '' } }: RequestContext): boolean {
  const start = url.indexOf('?');
  if (start < 0) return false;
  // not `context.query`: Koa's time for it grows with the square of the parameters, to 200 ms for a long query
  const asked = new URLSearchParams(url.slice(start)).getAll('explain');
  return asked.length === 1 && asked[0] === 'true';
}

/**
 * What a trace tells of a prediction: the names of unusual features, never their values, and what moved the score most.
 * Of a sensitive feature it tells nothing, and then not the score, from which that could be computed.
 */
export function describePrediction(
  span: Pick<Span, 'setAttributes'>,
  { artifact, counts: { monitor }, disclosure, explainToOthers }: Deployment,
  row: Row,
  score: number,
  prediction: string,
  observation: Parameters<typeof findUnusual>[1],
): void {
  const { missing, unseen, outsideRange } = findUnusual(monitor, observation);
  const reasons = explainToOthers(row);
  span.setAttributes({
    'model.name': artifact.name,
    'model.version': artifact.version,
    'model.score': disclosure.tellsScore ? score : undefined,
    'model.prediction': prediction,
    'model.reasons': reasons.map(({ feature }) => feature),
    'model.reasons.log_odds': reasons.map(({ logOdds }) => Math.round(logOdds * 100) / 100),
    'model.features.missing': disclosure.omit(missing),
    'model.features.unseen': disclosure.omit(unseen),
    'model.features.outside_range': disclosure.omit(outsideRange),
  });
}
