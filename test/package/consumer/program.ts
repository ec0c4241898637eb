import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyParser } from '@koa/bodyparser';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import express from 'express';
import Fastify from 'fastify';
import Koa from 'koa';
import {
  type AnswerReaders,
  buildReference,
  createMetricProducer,
  createMetricsHandler,
  liveDrift,
  type Reference,
  type Verdict,
  type Watch,
  watch,
} from 'vigia';

// A program of somebody who has installed the package: three servers and a batch job. It is type-checked and run. Its rows
// have a type of their own, an interface.

interface Load {
  temperature: number;
  day: string;
}
interface Answer {
  score: number;
}

const predict = ({ temperature }: Load): number => 1 / (1 + Math.exp(15 - temperature));
const rowAt = (i: number): Load => ({ temperature: (i * 7) % 40, day: i % 2 === 0 ? 'even' : 'odd' });
const rows = Array.from({ length: 600 }, (_, i) => rowAt(i));
const reference: Reference = buildReference(
  { model: 'load', version: '1', output: { negative: 'low', positive: 'high', threshold: 0.5 } },
  rows,
  rows.map(predict),
);
const readers: AnswerReaders<Load, Answer> = {
  row: (body, { path }) => (path === '/load' ? body : undefined),
  score: (answer) => answer.score,
};

function expressProgram(load: Watch): RequestListener {
  const app = express();
  app.use(express.json());
  app.use(load.express(readers));
  app.post('/load', (request, response) => {
    response.json({ score: predict(request.body as Load) });
  });
  app.get('/metrics', createMetricsHandler([load.metrics]));
  return app;
}

function koaProgram(load: Watch): RequestListener {
  const app = new Koa();
  const metrics = createMetricsHandler([load.metrics]);
  app.use(bodyParser());
  app.use(load.koa(readers));
  app.use((context) => {
    if (context.path === '/metrics') {
      context.respond = false;
      return metrics(context.req, context.res);
    }
    context.body = { score: predict(context.request.body as Load) };
    return undefined;
  });
  return app.callback();
}

async function fastifyProgram(load: Watch): Promise<RequestListener> {
  const app = Fastify();
  const metrics = createMetricsHandler([load.metrics]);
  app.register(load.fastify(readers));
  app.post('/load', async (request) => ({ score: predict(request.body as Load) }));
  app.get('/metrics', (request, reply) => {
    reply.hijack();
    void metrics(request.raw, reply.raw);
  });
  await app.ready();
  return app.routing;
}

const programs = { Express: expressProgram, Koa: koaProgram, Fastify: fastifyProgram };

for (const [name, makeProgram] of Object.entries(programs)) {
  const load = watch(reference);
  const server = createServer(await makeProgram(load)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (let i = 0; i < 10; i++) {
    const response = await fetch(`${url}/load`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rowAt(i)),
    });
    assert.deepEqual(await response.json(), { score: predict(rowAt(i)) });
  }
  const text = await (await fetch(`${url}/metrics`)).text();
  const predictions = [...text.matchAll(/^model_predictions_total\{.*\} (\d+)$/gm)];
  assert.equal(
    predictions.reduce((sum, [, count]) => sum + Number(count), 0),
    10,
  );
  server.closeAllConnections();
  server.close();
  console.log(`${name}: 10 predictions`);
}

const batch = watch(reference);
for (const row of rows) assert.ok(batch.observe({ ...row, temperature: row.temperature + 20 }, predict(row)));
const verdicts: Record<string, Verdict> = Object.fromEntries(
  liveDrift(batch.monitor, '24h').map(({ name, verdict }) => [name, verdict]),
);
assert.deepEqual(verdicts, { temperature: 'drifting', day: 'stable', '(score)': 'stable' });
console.log(`batch: ${rows.length} predictions`);

/** What a program with an SDK of its own reads, from its own copy of the SDK. */
class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}
const reader = new Reader({ metricProducers: [createMetricProducer([batch.metrics])] });
const provider = new MeterProvider({ readers: [reader] });
const { resourceMetrics, errors } = await reader.collect();
assert.deepEqual(errors, []);
const names = resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
  metrics.map((one) => one.descriptor.name),
);
assert.ok(names.includes('model.predictions'));
await provider.shutdown();
console.log(`SDK: ${names.length} metrics`);
