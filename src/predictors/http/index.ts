import { resolve } from 'node:path';
import type { Row } from '../../model/row.ts';
import { inputFaults } from '../input-columns.ts';
import type { Call, Prediction, Predictor, PredictorKind, PredictorSurroundings } from '../predictor.ts';
import type { WatchedModel } from '../watched-model.ts';
import { createHttpClient, type HttpClient } from './client.ts';
import { noHeaders, openHeaders } from './headers.ts';
import { createJsonProtocol } from './json.ts';
import { createMlflowProtocol } from './mlflow.ts';
import type { Protocol } from './protocol.ts';
import { type HttpSettings, httpSettings } from './settings.ts';
import { createV2Protocol } from './v2.ts';

/** Concurrent requests of one call, so that a long list of rows leaves room for others. */
const requestsPerCall = 8;

/** The maximum size of an answer in bytes: for what surrounds the predictions, and for each prediction. */
const answerBytes = { around: 1024 * 1024, row: 4 * 1024 };

/** A model that is served by an HTTP server. */
export const httpKind: PredictorKind<HttpSettings> = {
  schema: httpSettings,
  faults: (settings, artifact) => (settings.protocol === 'v2' ? inputFaults(settings.inputs, artifact) : []),
  paths: ['headersFile'],
  create: createHttpPredictor,
};

async function createHttpPredictor(
  settings: HttpSettings,
  model: WatchedModel,
  { folder }: PredictorSurroundings,
): Promise<Predictor> {
  const { url, headersFile, timeoutMs = 2_000, maxInFlight = 100 } = settings;
  const protocol = createProtocol(settings, model);
  const headers = headersFile === undefined ? noHeaders : await openHeaders(resolve(folder, headersFile));
  const client = createHttpClient({ url, timeoutMs, maxInFlight, headers });
  return {
    predict: (rows, call) => predictAll(client, protocol, rows, call),
    close: () => client.close(),
  };
}

function createProtocol(settings: HttpSettings, model: WatchedModel): Protocol {
  switch (settings.protocol) {
    case 'v2':
      return createV2Protocol(settings, model);
    case 'mlflow':
      return createMlflowProtocol(settings, model);
    case 'json':
      return createJsonProtocol(settings, model);
  }
}

async function predictAll(
  client: HttpClient,
  { maxRows, encode, decode }: Protocol,
  rows: readonly Row[],
  call: Call | undefined,
): Promise<readonly Prediction[]> {
  const ask = async (some: readonly Row[]) => {
    const maxBytes = answerBytes.around + some.length * answerBytes.row;
    return decode(await client.post(encode(some), maxBytes, call), some.length);
  };
  if (rows.length <= maxRows) return ask(rows);

  const slices = Array.from({ length: Math.ceil(rows.length / maxRows) }, (_, i) =>
    rows.slice(i * maxRows, (i + 1) * maxRows),
  );
  const answers: Prediction[][] = [];
  let next = 0;
  let isFailed = false;
  const askInTurn = async () => {
    while (next < slices.length && !isFailed) {
      const i = next++;
      answers[i] = await ask(slices[i]).catch((error) => {
        isFailed = true;
        throw error;
      });
    }
  };
  const lanes = Math.max(1, Math.min(slices.length, requestsPerCall, client.free()));
  await Promise.all(Array.from({ length: lanes }, askInTurn));
  return answers.flat();
}
