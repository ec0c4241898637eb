import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OtlpSink, type SinkSpan, startOtlpSink } from '../support/otlp-sink.ts';
import { requirePythonEnvironment } from '../support/python-environment.ts';
import { eventually, root, startTestService, type TestService } from '../support/service.ts';
import { documentedPredictor, makeModel } from './make-model.ts';
import {
  makeServedModels,
  type RunningServer,
  startMlflow,
  startMlServer,
  startRelay,
} from './model-servers.ts';
import { scoredRows } from './scored-rows.ts';

type Relay = Awaited<ReturnType<typeof startRelay>>;

/** What stands in front of a real server: Vigia, and between the two what hears what it says. */
type Front = { readonly relay: Relay; readonly service: TestService };

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const callersSpan = '00f067aa0ba902b7';

describe('Vigia in front of a server of models', () => {
  let folder = '';
  let sink: OtlpSink;
  const servers: RunningServer[] = [];
  const fronts: Record<'v2' | 'mlflow', Front> = {} as never;
  const stops: (() => Promise<unknown>)[] = [];

  before(async function () {
    this.timeout(600_000);
    const python = await requirePythonEnvironment(
      this,
      join(root, 'test/predictors/fixtures/requirements.txt'),
      'python 3.11',
    );
    folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const served = join(folder, 'served');
    await makeServedModels(python, served);
    sink = await startOtlpSink();
    // both at once: they load for seconds
    servers.push(...(await Promise.all([startMlServer(python, served), startMlflow(python, served)])));
    const [mlServer, mlflow] = servers;
    const v2 = await documentedPredictor('v2');
    fronts.v2 = await startFront(mlServer, { ...v2, prediction: 'predict' });
    fronts.mlflow = await startFront(mlflow, await documentedPredictor('mlflow'));
  });

  after(async () => {
    sink?.close();
    await Promise.all([...stops.map((stop) => stop()), ...servers.map((server) => server.stop())]);
    if (folder !== '') await rm(folder, { recursive: true });
  });

  async function startFront(server: RunningServer, predictor: object): Promise<Front> {
    const relay = await startRelay(server.url);
    stops.push(() => relay.stop());
    const path = join(folder, `${stops.length}.json`);
    const said = await makeModel(path, { ...predictor, url: relay.url, timeoutMs: 30_000 });
    assert.match(said, /predictor gives the scores of the table in 100 of its rows/);
    const service = await startTestService({
      MODEL_PATH: path,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    stops.push(() => service.stop());
    return { relay, service };
  }

  for (const protocol of ['v2', 'mlflow'] as const) {
    const name = protocol === 'v2' ? 'MLServer' : 'mlflow models serve';

    it(`answers the same as scikit-learn behind ${name}, for numbers, texts and missing values`, async () => {
      const some = scoredRows.slice(0, 40);
      assert.ok(some.some(({ row }) => row.tenure === null) && some.some(({ row }) => row.city === null));
      for (const { row, score } of some) {
        const response = await ask(fronts[protocol].service, row);
        assert.equal(response.status, 200);
        const answer = (await response.json()) as { score: number; prediction: string };
        assert.ok(Math.abs(answer.score - score) < 1e-9, `${answer.score}, not ${score}`);
        assert.equal(answer.prediction, score >= 0.5 ? 'bad' : 'good');
      }
      await eventually(async () => assert.equal(await countSamples(fronts[protocol].service), some.length));
    });

    it(`passes the trace context on to ${name}`, async () => {
      const { service, relay } = fronts[protocol];
      relay.heard.length = 0;
      await ask(service, scoredRows[0].row, { traceparent: `00-${traceId}-${callersSpan}-01` });
      const [, heardTrace, heardSpan, flags] = traceOf(relay.heard[0]);
      assert.deepEqual([heardTrace, flags], [traceId, '01']);
      const client = await findSpan((span) => span.spanId === heardSpan);
      assert.equal(client.kind, 3);
      assert.equal(client.traceId, traceId);
      const predict = await findSpan((span) => span.spanId === client.parentSpanId);
      assert.equal(predict.name, 'predict');
    });

    it(`tells ${name} of a trace that is not sampled, and records nothing of it`, async () => {
      const { service, relay } = fronts[protocol];
      relay.heard.length = 0;
      const other = traceId.replaceAll('4', '5');
      await ask(service, scoredRows[0].row, { traceparent: `00-${other}-${callersSpan}-00` });
      assert.deepEqual(traceOf(relay.heard[0]), ['00', other, callersSpan, '00']);
      // what is recorded later is exported later
      await ask(service, scoredRows[0].row, {
        traceparent: `00-${traceId.replaceAll('4', '6')}-${callersSpan}-01`,
      });
      await findSpan((span) => span.traceId === traceId.replaceAll('4', '6') && span.kind === 3);
      assert.ok(sink.spans.every((span) => span.traceId !== other));
    });
  }

  it('makes no model file for a server that answers with classes alone', async () => {
    const { url } = servers[0];
    const labels = { ...(await documentedPredictor('v2')), url, score: 'predict', timeoutMs: 30_000 };
    await assert.rejects(
      makeModel(join(folder, 'labels.json'), labels),
      ({ stderr }: Error & { stderr: string }) => {
        assert.match(stderr, /classes, not with the probability of the positive class/);
        return true;
      },
    );
  });

  it('answers 502 when the server behind it is gone, counts that, and records no prediction', async () => {
    const { service, relay } = fronts.mlflow;
    const count = async (metric: string) => {
      const text = await (await fetch(`${service.admin}/metrics`)).text();
      return text.split('\n').filter((line) => line.startsWith(metric));
    };
    const before = await count('model_predictions_total{');
    await relay.stop();
    const response = await ask(service, scoredRows[0].row);
    assert.equal(response.status, 502);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    const problem = (await response.json()) as { detail: string };
    assert.match(problem.detail, /cannot be reached: ECONNREFUSED/);
    assert.deepEqual(await count('model_predictions_total{'), before);
    const [failures] = (await count('model_predict_failures_total{')).filter((line) =>
      line.includes('"unreachable"'),
    );
    assert.match(failures, /} 1$/);
  });

  const findSpan = (isIt: (span: SinkSpan) => boolean) =>
    eventually(() => sink.spans.find(isIt) ?? assert.fail('there is no such span'));
});

function ask({ api }: TestService, row: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${api}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(row),
  });
}

function traceOf({ traceparent }: IncomingHttpHeaders): string[] {
  return String(traceparent).split('-');
}

async function countSamples({ samplesPath }: TestService): Promise<number> {
  const text = await readFile(samplesPath, 'utf8').catch(() => '');
  return text.split('\n').length - 1;
}
