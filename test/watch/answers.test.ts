import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { bodyParser } from '@koa/bodyparser';
import express from 'express';
import Fastify from 'fastify';
import Koa from 'koa';
import { type AnswerReaders, buildReference, type Watch, watch } from '../../src/index.ts';

type Row = { x: number };

const rows = Array.from({ length: 100 }, (_, i) => ({ x: i }));
const output = { negative: 'no', positive: 'yes', threshold: 0.5 };
const reference = buildReference(
  { model: 'm', version: '1', output },
  rows,
  rows.map(({ x }) => x / 100),
);

const readers: AnswerReaders<Row, { score: number }> = { row: (body) => body, score: (body) => body.score };

/** Predictions by class, inputs refused, and failures by reason. */
function countsOf({ monitor, metrics }: Watch) {
  const failures = metrics().find(({ descriptor }) => descriptor.name === 'model.watch.failures');
  const failed = (failures?.dataPoints ?? []).filter(({ value }) => (value as number) > 0);
  return {
    predictions: [...monitor.counts.predictions],
    refused: monitor.counts.refused,
    failures: Object.fromEntries(failed.map(({ attributes, value }) => [attributes.reason, value])),
  };
}

/** Sends bodies, one after the other, and returns the answers. */
async function exchange(listener: Parameters<typeof createServer>[1], bodies: readonly string[], path = '/') {
  const server = createServer(listener!).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const answers: { status: number; text: string }[] = [];
  try {
    for (const body of bodies) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body });
      answers.push({ status: response.status, text: await response.text() });
    }
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  return answers;
}

/** A program of one route in Express. */
function expressApp(model: Watch, of: AnswerReaders<any, any>, answer: express.RequestHandler) {
  // without the stack of an error on stderr
  const app = express().set('env', 'test');
  return app.use(model.express(of)).use(express.json()).use(answer);
}

describe('an answer that is watched', () => {
  it('is the object that the program gave, however Express was told to send it', async () => {
    const model = watch(reference);
    const sends: express.RequestHandler[] = [
      (_, response) => void response.json({ score: 0.9 }),
      (_, response) => void response.send({ score: 0.9 }),
      (_, response) => void response.status(201).send({ score: 0.1 }),
    ];
    for (const answer of sends) await exchange(expressApp(model, readers, answer), ['{"x":1}']);
    assert.deepEqual(countsOf(model), { predictions: [1, 2], refused: 0, failures: {} });
  });

  it('is the text that the program gave, if it gave no object', async () => {
    const inExpress = watch(reference);
    const inFastify = watch(reference);
    const parse = { row: readers.row, score: (text: string) => JSON.parse(text).score };
    const text = '{"score":0.9}';
    await exchange(
      expressApp(inExpress, parse, (_, response) => void response.type('json').send(text)),
      ['{"x":1}'],
    );
    const app = Fastify();
    app.register(inFastify.fastify(parse));
    app.post('/', (_, reply) => reply.type('application/json').send(text));
    await app.ready();
    assert.deepEqual(await exchange(app.routing, ['{"x":1}']), [{ status: 200, text }]);
    for (const model of [inExpress, inFastify]) {
      assert.deepEqual(countsOf(model), { predictions: [0, 1], refused: 0, failures: {} });
    }
  });

  it('is not read if the program gave none, failed, or refused what cannot be read', async () => {
    const model = watch(reference);
    const answer: express.RequestHandler = ({ body }, response) => {
      if (body.x === 1) response.end('{"score":0.9}');
      else response.status(body.x === 2 ? 500 : 422).json({ score: 0.9 });
    };
    const picky = { row: ({ deep: { x } }: { deep: Row }) => ({ x }), score: readers.score };
    // what the program refuses is counted if the reference says so, too
    await exchange(expressApp(model, readers, answer), [
      '{"x":1}',
      '{"x":2}',
      '{"x":3}',
      '{"x":"a"}',
      '{',
      '[]',
    ]);
    await exchange(expressApp(model, picky, answer), ['{"x":3}']);
    assert.deepEqual(countsOf(model), { predictions: [0, 0], refused: 1, failures: {} });
    assert.equal(model.monitor.counts.rejections.get('x')?.get('type'), 1);
  });

  it('is not read if it is a stream', async () => {
    const stream = () => Readable.from([Buffer.from('{"score":0.9}')]);
    const bodies = [stream, () => Readable.toWeb(stream()), () => new Response('{"score":0.9}')];
    for (const body of bodies) {
      const inKoa = watch(reference);
      const inFastify = watch(reference);
      const koa = new Koa().use(bodyParser()).use(inKoa.koa(readers));
      koa.use((context) => {
        context.body = body();
      });
      await exchange(koa.callback(), ['{"x":1}']);
      const fastify = Fastify();
      fastify.register(inFastify.fastify(readers));
      fastify.post('/', (_, reply) => reply.send(body()));
      await fastify.ready();
      assert.deepEqual(await exchange(fastify.routing, ['{"x":1}']), [
        { status: 200, text: '{"score":0.9}' },
      ]);
      for (const model of [inKoa, inFastify]) {
        assert.deepEqual(countsOf(model), { predictions: [0, 0], refused: 0, failures: {} });
      }
    }
  });

  it('may make a function throw anything, which is only counted', async () => {
    const model = watch(reference);
    for (const thrown of [Object.create(null), Symbol('no'), undefined]) {
      const faulty = {
        row: readers.row,
        score: (): number => {
          throw thrown;
        },
      };
      await exchange(
        expressApp(model, faulty, (_, response) => void response.json({})),
        ['{"x":1}'],
      );
    }
    assert.deepEqual(countsOf(model), { predictions: [0, 0], refused: 0, failures: { score: 3 } });
  });

  it('may have no function that returns a promise, even one that fails', async () => {
    // what the types forbid, and JavaScript does not
    const late: AnswerReaders<any, any>[] = [
      { ...readers, row: (async () => Promise.reject(new Error('late'))) as () => any },
      { ...readers, score: (async () => 0.9) as () => any },
    ];
    for (const of of late) {
      const model = watch(reference);
      const answer: express.RequestHandler = (_, response) => void response.json({ score: 0.9 });
      const [{ status }] = await exchange(expressApp(model, of, answer), ['{"x":1}']);
      assert.equal(status, 200);
      const reason = of.score === readers.score ? 'row' : 'score';
      assert.deepEqual(countsOf(model), { predictions: [0, 0], refused: 0, failures: { [reason]: 1 } });
    }
  });

  it('is counted in Koa with the status that an error of the program has', async () => {
    const model = watch(reference);
    const app = new Koa().use(bodyParser()).use(model.koa(readers));
    app.silent = true;
    app.use((context) => {
      const { x } = context.request.body as Row;
      context.body = { score: 0.9 };
      if (typeof x !== 'number') context.throw(422);
      if (x > 50) throw new Error('no');
    });
    const answers = await exchange(app.callback(), ['{"x":1}', '{"x":null}', '{"x":60}']);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 422, 500],
    );
    assert.deepEqual(countsOf(model), { predictions: [0, 1], refused: 1, failures: {} });
  });

  it('is left out if it belongs to another path, or fails if it has fewer scores than rows', async () => {
    const model = watch(reference);
    const many: AnswerReaders<Row[], { scores: number[] }> = {
      row: (body, { method, path }) => (method === 'POST' && path === '/many' ? body : undefined),
      score: ({ scores }) => scores,
      prediction: ({ scores }) => scores.map(() => 'no'),
    };
    const app = expressApp(model, many, (_, response) => void response.json({ scores: [0.8, 0.9] }));
    await exchange(app, ['[{"x":1},{"x":2}]'], '/many?of=2');
    await exchange(app, ['[{"x":1},{"x":2}]'], '/others');
    assert.deepEqual(countsOf(model), { predictions: [2, 0], refused: 0, failures: {} });
    await exchange(app, ['[{"x":1}]', '[]'], '/many');
    assert.deepEqual(countsOf(model), { predictions: [2, 0], refused: 0, failures: { score: 2 } });
  });

  it('is not counted if its client had gone before it was made', async () => {
    const model = watch(reference);
    const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
    const { promise: answered, resolve: finish } = Promise.withResolvers<void>();
    const app = expressApp(model, readers, async (_, response) => {
      leave();
      await once(response, 'close');
      response.json({ score: 0.9 });
      finish();
    });
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const headers = { 'content-type': 'application/json' };
    const client = send({ port, method: 'POST', headers }).on('error', () => {});
    client.end('{"x":1}');
    await gone;
    client.destroy();
    await answered;
    server.close();
    // nobody has had it
    assert.deepEqual(countsOf(model), { predictions: [0, 0], refused: 0, failures: {} });
  });
});
