import { type Span, trace } from '@opentelemetry/api';
import { classOf } from '../../deployments/ask-predictor.ts';
import type { Deployment } from '../../deployments/deployment.ts';
import { type Recorded, record } from '../../deployments/record.ts';
import type { Row } from '../../model/row.ts';
import { recordRefusal } from '../../monitor/model-counts.ts';
import type { Prediction } from '../../predictors/predictor.ts';
import { findRows, startsArray } from '../body-rows.ts';
import { defaultModel, namedModel } from '../chosen-model.ts';
import { askFor, checkKey, makeRoom, predictLimits, predictRows } from '../predict-rows.ts';
import { queryFlag } from '../query-value.ts';
import { decodeText, parseJson, readBody, tooLarge } from '../read-body.ts';
import {
  countedFault,
  counting,
  invalidInput,
  RequestFaults,
  readCountedKey,
  watchedOnly,
} from '../refusals.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { RowFault } from '../row-fault.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

const tracer = trace.getTracer('vigia');
const mediaTypes = ['application/json'];

/**
 * `POST /predict` and `POST /models/:name/predict`: scores one row, or each row of an array, and counts, stores and
 * logs it.
 */
export function addPredictRoutes(router: AppRouter, service: Service): void {
  router.post('/predict', (context) => answer(context, defaultModel(context, service, 'predict')));
  router.post('/models/:name/predict', (context) => answer(context, namedModel(context, service)));

  async function answer(context: RequestContext, deployment: Deployment): Promise<void> {
    if (deployment.predictor === undefined) throw watchedOnly(deployment);
    // before anything is counted
    const wantsReasons = deployment.explain !== undefined && queryFlag(context.req, 'explain', false);
    const { maxBytes, release } = makeRoom(context.req, service);
    try {
      const bytes = await readBytes(context, deployment, maxBytes);
      if (startsArray(bytes)) {
        await predictArray({ context, service, deployment, bytes, wantsReasons });
        return;
      }
      const row = readRow(deployment, bytes, service.config.MAX_BODY_BYTES);
      const key = readCountedKey(context.req, deployment);
      const request = { context, row, key, wantsReasons, deployment, service };
      // not awaited if it is answered synchronously: a turn of the promise queue takes time
      const answered = trace.getActiveSpan()?.isRecording() ? predictInSpan(request) : predict(request);
      if (answered !== undefined) await answered;
    } finally {
      release();
    }
  }
}

async function readBytes(context: RequestContext, deployment: Deployment, maxBytes: number): Promise<Buffer> {
  try {
    return (await readBody(context.req, { mediaTypes, maxBytes })).bytes;
  } catch (error) {
    throw countedFault(deployment, error);
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

/** Parses and checks a body; every refusal is counted, under the model's own feature names only. */
function readRow(deployment: Deployment, bytes: Buffer, maxBytes: number): Row {
  const { counts, validate } = deployment;
  let body: unknown;
  try {
    if (bytes.length > maxBytes) throw tooLarge(maxBytes);
    body = parseJson(decodeText(bytes));
  } catch (error) {
    throw countedFault(deployment, error);
  }
  const faults = validate(body);
  if (faults === null) return body as Row;
  recordRefusal(counts, faults.counts);
  throw invalidInput(faults);
}

/** One invalid row refuses all of them: callers who send several expect an answer to each. */
async function predictArray({
  context,
  service,
  deployment,
  bytes,
  wantsReasons,
}: Omit<PredictRequest, 'row' | 'key'> & { readonly bytes: Buffer }): Promise<void> {
  const limits = { maxRows: predictLimits.rows, maxRowBytes: service.config.MAX_BODY_BYTES };
  const rows = await service.predictIntake.inTurn(async (pause) => {
    const found = await counting(deployment, findRows(bytes, 'application/json', limits, pause));
    const faults = new RequestFaults(deployment);
    const rows: Row[] = [];
    for (let i = 0; i < found.count; i++) {
      const turn = pause();
      if (turn) await turn;
      const row = found.read(i);
      if (row instanceof RowFault) {
        faults.addUnread(row, `/${i}`);
        continue;
      }
      const wrong = deployment.validate(row);
      if (wrong === null) rows.push(row as Row);
      else faults.addRow(wrong, ({ pointer }) => `/${i}${pointer}`);
    }
    faults.refuse();
    return rows;
  });
  const key = readCountedKey(context.req, deployment);
  checkKey(deployment, key, rows.length);
  const request = { context, service, deployment, rows, key };
  const answers = await predictRows(request, (row, score, recorded) =>
    answerText(deployment, row, score, recorded, wantsReasons),
  );
  sendJson(context, `[${answers.join()}]`);
}

/** One row to be predicted, and for whom. */
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
 * @returns a promise only if the predictor answers asynchronously
 * @throws Problem (or rejects with it) if it fails; nothing is recorded then
 */
function predict(request: PredictRequest): Promise<void> | undefined {
  const { context, row, deployment, service } = request;
  const startedMs = performance.now();
  const predicted = askFor(context, service, deployment, [row]);
  if (predicted instanceof Promise) {
    return predicted.then(([prediction]) => answer(request, prediction, startedMs));
  }
  answer(request, predicted[0], startedMs);
  return undefined;
}

function answer(
  { context, row, key, wantsReasons, deployment, service, span }: PredictRequest,
  { score, prediction }: Prediction,
  startedMs: number,
): void {
  const { counts, disclosure, formatPayload } = deployment;
  const traceId = context.state.trace?.traceId;
  const recorded = record(service, deployment, row, score, {
    startedMs,
    timeMs: undefined,
    predictedClass: classOf(deployment, prediction),
    wantsId: true,
    traceId,
    isTraced: span !== undefined,
    key,
    span,
  });
  const { LOG_PAYLOAD } = service.config;
  context.state.prediction = {
    key: key && disclosure.tellKey(key),
    prediction: counts.classes[recorded.predictedClass],
    score: LOG_PAYLOAD && !disclosure.tellsScore ? undefined : score,
    payload: LOG_PAYLOAD ? formatPayload(row) : undefined,
  };
  sendJson(context, answerText(deployment, row, score, recorded, wantsReasons));
}

/** The answer for one row, as JSON text. */
function answerText(
  { classJson, explain, modelJson }: Deployment,
  row: Row,
  score: number,
  { id, predictedClass }: Recorded,
  wantsReasons: boolean,
): string {
  const reasons = explain && wantsReasons ? `,"reasons":${JSON.stringify(explain(row))}` : '';
  return `{"prediction":${classJson[predictedClass]},"score":${score},"id":"${id}","model":${modelJson}${reasons}}`;
}
