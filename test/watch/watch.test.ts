import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import express from 'express';
import Fastify from 'fastify';
import Koa from 'koa';
import {
  buildReference,
  createMetricsHandler,
  liveDrift,
  loadArtifact,
  type Watch,
  watch,
} from '../../src/index.ts';
import { postJson, seriesValue } from '../support/service.ts';

type Load = { temperature: number; day: string };
type Answer = { score: number };

const days = ['monday', 'friday', 'sunday'];
const rowAt = (i: number, shift = 0): Load => ({ temperature: ((i * 7) % 40) + shift, day: days[i % 3] });
const predictLoad = ({ temperature, day }: Load) =>
  1 / (1 + Math.exp(-(temperature - 15) / 10 - (day === 'sunday' ? 1 : 0)));
const rows = Array.from({ length: 600 }, (_, i) => rowAt(i));
const output = { negative: 'low', positive: 'high', threshold: 0.5 };
const model = { model: 'load', version: '3' };
const reference = buildReference({ ...model, output }, rows, rows.map(predictLoad));

/** What a program answers to a body: to one that is no load, 422. */
function answerTo(body: unknown): { status: number; answer: object } {
  const { temperature } = (body ?? {}) as Load;
  if (typeof temperature !== 'number') return { status: 422, answer: { error: 'no temperature' } };
  return { status: 200, answer: { score: predictLoad(body as Load) } };
}

const readers = {
  row: (body: Load) => body,
  score: (answer: Answer) => answer.score,
};

type Program = { readonly listener: (request: IncomingMessage, response: ServerResponse) => unknown };

/** The same program in each framework: `POST /load` answers a row, `GET /metrics` a scrape. */
const frameworks: Record<string, (load: Watch, of: typeof readers) => Promise<Program>> = {
  async Koa(load, of) {
    const router = new Router();
    const metrics = createMetricsHandler([load.metrics]);
    router.post('/load', load.koa(of), (context) => {
      const { status, answer } = answerTo(context.request.body);
      context.status = status;
      context.body = answer;
    });
    router.get('/metrics', (context) => {
      context.respond = false;
      metrics(context.req, context.res);
    });
    return { listener: new Koa().use(bodyParser()).use(router.routes()).callback() };
  },
  async Express(load, of) {
    const app = express();
    app.use(express.json());
    app.post('/load', load.express(of), (request, response) => {
      const { status, answer } = answerTo(request.body);
      response.status(status).json(answer);
    });
    app.get('/metrics', createMetricsHandler([load.metrics]));
    return { listener: app };
  },
  async Fastify(load, of) {
    const app = Fastify();
    const metrics = createMetricsHandler([load.metrics]);
    app.register(async (routes) => {
      routes.register(load.fastify(of));
      routes.post('/load', async (request, reply) => {
        const { status, answer } = answerTo(request.body);
        reply.code(status);
        return answer;
      });
    });
    app.get('/metrics', (request, reply) => {
      reply.hijack();
      metrics(request.raw, reply.raw);
    });
    await app.ready();
    return { listener: app.routing };
  },
};

async function serve(program: Program) {
  const server = createServer((request, response) => void program.listener(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The warnings of Vigia while something is done. */
async function warningsOf(action: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = [];
  const keep = ({ name, message }: Error) => name === 'VigiaWarning' && warnings.push(message);
  process.on('warning', keep);
  try {
    await action();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', keep);
  }
  return warnings;
}

/** The metrics, once as many answers as were sent are over. */
async function scrape(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

for (const [name, makeProgram] of Object.entries(frameworks)) {
  describe(`watch() in ${name}`, () => {
    it('counts what the service would count, and answers as the program does', async () => {
      const load = watch(reference);
      await using server = await serve(await makeProgram(load, readers));
      for (let i = 0; i < 300; i++) {
        const response = await postJson(`${server.url}/load`, rowAt(i, 12));
        assert.equal(response.status, 200);
        assert.deepEqual(response.body, { score: predictLoad(rowAt(i, 12)) });
      }
      // refused by the program, for what the reference says as well
      assert.equal((await postJson(`${server.url}/load`, { day: 'monday' })).status, 422);
      // answered by the program, though the reference knows no such row
      assert.equal((await postJson(`${server.url}/load`, { temperature: 3, day: 4 })).status, 200);
      assert.equal((await fetch(`${server.url}/elsewhere`, { method: 'POST' })).status, 404);
      const text = await scrape(server.url);
      const positives = rows.slice(0, 300).filter((_, i) => predictLoad(rowAt(i, 12)) >= 0.5).length;
      const count = (name: string, labels: object = {}) => seriesValue(text, name, { ...model, ...labels });
      assert.equal(count('model_predictions_total', { prediction: 'high' }), positives);
      assert.equal(count('model_predictions_total', { prediction: 'low' }), 300 - positives);
      assert.equal(count('model_inputs_refused_total'), 2);
      assert.equal(count('model_input_rejected_total', { feature: 'temperature', reason: 'missing' }), 1);
      assert.equal(count('model_input_rejected_total', { feature: 'day', reason: 'type' }), 1);
      for (const reason of ['row', 'score', 'prediction', 'overload']) {
        assert.equal(count('model_watch_failures_total', { reason }), 0);
      }
      const [temperature, day] = liveDrift(load.monitor, '1h');
      assert.deepEqual([temperature.verdict, day.verdict], ['drifting', 'stable']);
      assert.equal(
        count('model_feature_drift_psi', { feature: 'temperature', window: '1h' }),
        temperature.psi,
      );
    });

    it('answers as before if a function that reads the answer fails, and says so once', async () => {
      const load = watch(reference);
      const faulty = {
        row: readers.row,
        score: (): number => {
          throw new TypeError('no such thing');
        },
      };
      await using server = await serve(await makeProgram(load, faulty));
      const warnings = await warningsOf(async () => {
        for (let i = 0; i < 3; i++) {
          const response = await postJson(`${server.url}/load`, rowAt(i));
          assert.deepEqual(response.body, { score: predictLoad(rowAt(i)) });
        }
        const failures = seriesValue(await scrape(server.url), 'model_watch_failures_total', {
          ...model,
          reason: 'score',
        });
        assert.equal(failures, 3);
      });
      assert.deepEqual(warnings, [
        'an answer of model load is not counted: score() failed: TypeError: no such thing. Later ones are only counted, in model_watch_failures_total',
      ]);
    });
  });
}

describe('watch()', () => {
  it('reads many rows of one request, in turns that leave the event loop to others', async () => {
    const load = watch(reference);
    const app = express();
    app.use(express.json({ limit: '10mb' }));
    const batch = {
      row: (body: { rows: Load[] }) => body.rows,
      score: (answer: { scores: number[] }) => answer.scores,
      prediction: (answer: { scores: number[] }) => answer.scores.map(() => 'low'),
    };
    app.post('/batch', load.express(batch), (request, response) => {
      response.json({ scores: (request.body as { rows: Load[] }).rows.map(predictLoad) });
    });
    await using server = await serve({ listener: app });
    const many = Array.from({ length: 40_000 }, (_, i) => rowAt(i));
    const response = await postJson(`${server.url}/batch`, { rows: many });
    assert.equal(response.body.scores.length, many.length);
    for (let turn = 0; load.monitor.counts.predictions[0] < many.length; turn++) {
      assert.ok(turn < 10_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual([...load.monitor.counts.predictions], [many.length, 0]);
  });

  it('drops what it cannot hold, and says how much', async () => {
    const load = watch(reference);
    const app = express();
    const huge = Array.from({ length: 100_001 }, () => rowAt(0));
    const scores = huge.map(() => 0.1);
    app.post('/batch', load.express({ row: () => huge, score: () => scores }), (_, response) => {
      response.json({});
    });
    await using server = await serve({ listener: app });
    const warnings = await warningsOf(async () => {
      await postJson(`${server.url}/batch`, {});
    });
    assert.match(warnings.join(), /more than 100000 rows are waiting/);
    assert.deepEqual([...load.monitor.counts.predictions], [0, 0]);
  });

  it('counts a batch job row by row, with the checks of the service', async () => {
    const credit = watch(await loadArtifact('models/credit.json'));
    const row = { age: 33, limit: 2319.5, history: 'none' };
    assert.equal(credit.observe(row, 0.7), true);
    assert.equal(credit.observe({ ...row, unknown: 1 }, 0.2), true);
    assert.equal(credit.observe(row, 0.7, 'good'), true);
    assert.equal(credit.observe({ ...row, age: 'old' }, 0.2), false);
    assert.equal(credit.observe(row, 1.7), false);
    assert.equal(credit.observe(row, undefined), false);
    assert.equal(credit.observe(row, 0.7, 'ugly'), false);
    const { counts } = credit.monitor;
    assert.deepEqual(Object.fromEntries(counts.classes.map((name, i) => [name, counts.predictions[i]])), {
      good: 2,
      bad: 1,
    });
    assert.equal(counts.refused, 4);
    assert.equal(counts.rejections.get('')?.get('unknown_field'), 1);
    assert.equal(counts.rejections.get('')?.get('invalid_score'), 2);
  });
});
