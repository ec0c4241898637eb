import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { httpKind } from '../../../src/predictors/http/index.ts';
import { type HttpSettings, httpSettings } from '../../../src/predictors/http/settings.ts';
import { type Predictor, PredictorFailure } from '../../../src/predictors/predictor.ts';
import { freePort } from '../../support/free-port.ts';
import { requireTool } from '../../support/tools.ts';
import { creditModel, creditRow, sparseRow } from '../watched-model.ts';
import { type ModelServer, startModelServer } from './model-server.ts';

type Given = Record<string, unknown>;

async function makePredictor(url: string, given: Given = {}, folder = '/'): Promise<Predictor> {
  const settings = httpSettings.parse({ kind: 'http', protocol: 'json', url, score: '/p', ...given });
  return httpKind.create(settings as HttpSettings, creditModel as never, { folder });
}

const ask = (predictor: Predictor, rows: readonly object[] = [creditRow], signal?: AbortSignal) =>
  Promise.resolve(predictor.predict(rows as never, signal && { signal }));

/** Asserts that rows are not predicted, and returns what is said of it. */
async function assertFails(asked: Promise<unknown>, reason: PredictorFailure['reason']): Promise<string> {
  const failure = await asked.then(
    () => assert.fail('it should fail'),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof PredictorFailure, String(failure));
  assert.equal(failure.reason, reason, failure.message);
  return failure.message;
}

describe('the predictor of a model behind a server', () => {
  const servers: ModelServer[] = [];
  const serve = async (...given: Parameters<typeof startModelServer>) => {
    const server = await startModelServer(...given);
    servers.push(server);
    return server;
  };

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it('sends a row and reads the score, over one persistent connection', async () => {
    const server = await serve(() => ({ p: 0.25 }));
    const predictor = await makePredictor(server.url);
    assert.deepEqual(await ask(predictor), [{ score: 0.25 }]);
    assert.deepEqual(await ask(predictor, [sparseRow]), [{ score: 0.25 }]);
    assert.deepEqual(
      server.received.map(({ url, body }) => [url, body]),
      [
        ['/score', creditRow],
        ['/score', { ...sparseRow, tenure: null }],
      ],
    );
    assert.equal(server.connections(), 1);
  });

  it('takes another connection when the server has closed the one that was kept', async () => {
    const server = await serve((_, __, request) => {
      // said by nothing: the client believes that the connection stays
      setImmediate(() => request.socket.destroySoon());
      return { p: 0.5 };
    });
    const predictor = await makePredictor(server.url);
    for (let i = 0; i < 20; i++) assert.deepEqual(await ask(predictor), [{ score: 0.5 }]);
    assert.ok(server.connections() > 1);
  });

  it('gives up a server that is too slow, and one that stops in the middle of its answer', async () => {
    const silent = await serve(() => undefined);
    const stuck = await serve((_, response) => void response.write('{"p":'));
    for (const { url } of [silent, stuck]) {
      const predictor = await makePredictor(url, { timeoutMs: 100 });
      assert.match(await assertFails(ask(predictor), 'timeout'), /within 100 ms/);
    }
  });

  it('distinguishes a server that does not exist from one that closes the connection, and reports both as unreachable', async () => {
    const gone = await makePredictor(`http://127.0.0.1:${await freePort()}/`);
    assert.match(await assertFails(ask(gone), 'unreachable'), /ECONNREFUSED/);
    const broken = await serve((_, __, request) => void request.socket.destroy());
    assert.match(await assertFails(ask(await makePredictor(broken.url)), 'unreachable'), /ECONNRESET/);
    const half = await serve((_, response, request) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"p":', () => request.socket.destroy());
    });
    await assertFails(ask(await makePredictor(half.url)), 'unreachable');
  });

  it('refuses what is not HTTP', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('SSH-2.0-OpenSSH_9.2\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await assertFails(ask(await makePredictor(`http://127.0.0.1:${port}/`)), 'unreachable');
    server.close();
  });

  for (const [status, reason] of [
    [400, 'refused'],
    [404, 'refused'],
    [500, 'refused'],
    [307, 'refused'],
    [429, 'busy'],
    [503, 'busy'],
  ] as const) {
    it(`treats ${status} as "${reason}", and reveals nothing of the server’s message`, async () => {
      const server = await serve((_, response) => {
        response.writeHead(status, { location: '/elsewhere' }).end('{"input":"employed"}');
      });
      const message = await assertFails(ask(await makePredictor(server.url)), reason);
      assert.match(message, new RegExp(`answers ${status}`));
      assert.doesNotMatch(message, /employed/);
      assert.equal(server.received.length, 1);
    });
  }

  const answers: readonly [what: string, answer: (server: { setHeader: unknown }) => string, says: RegExp][] =
    [
      ['no JSON', () => '<html>', /is not JSON: the body is HTML$/],
      ['nothing', () => '', /is not JSON: the body ends/],
      ['NaN', () => '{"p":NaN}', /is not JSON: NaN is not a number in JSON$/],
      ['an infinite number', () => '{"p":-Infinity}', /is not JSON: Infinity is not a number in JSON$/],
      ['no score', () => '{"q":0.5}', /not where the model file says/],
      ['a score that is a text', () => '{"p":"good"}', /classes, not with the probability/],
      ['a score above 1', () => '{"p":1.5}', /not a probability/],
      ['a score below 0', () => '{"p":-0.1}', /not a probability/],
      ['null', () => 'null', /not where the model file says/],
      ['a list as the score', () => '{"p":[0.5]}', /not a number/],
      ['a number beyond double precision', () => '{"p":1e999}', /not a probability/],
      ['too much', () => `{"p":0.5,"more":"${'x'.repeat(2 ** 21)}"}`, /more than \d+ bytes/],
    ];
  it('says that an answer is compressed, where it was asked to be plain', async () => {
    const server = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync('{"p":0.5}'));
    });
    const message = await assertFails(ask(await makePredictor(server.url)), 'bad_answer');
    assert.equal(server.received[0].headers['accept-encoding'], 'identity');
    assert.match(message, /content-encoding "gzip"/);
  });

  it('takes an answer with a byte order mark', async () => {
    const server = await serve((_, response) => void response.end('\ufeff{"p":0.5}'));
    assert.deepEqual(await ask(await makePredictor(server.url)), [{ score: 0.5 }]);
  });

  it('treats a score that rounding has pushed above 1 as 1', async () => {
    const server = await serve(() => ({ p: 1.0000001 }));
    assert.deepEqual(await ask(await makePredictor(server.url)), [{ score: 1 }]);
  });

  for (const [what, answer, says] of answers) {
    it(`takes no prediction from an answer with ${what}`, async () => {
      const server = await serve((_, response) => void response.end(answer(response)));
      assert.match(await assertFails(ask(await makePredictor(server.url)), 'bad_answer'), says);
    });
  }

  it('never exceeds its concurrent requests, and refuses the others immediately', async () => {
    let answerAll = () => {};
    const held = new Promise<void>((resolve) => {
      answerAll = resolve;
    });
    const server = await serve(async () => {
      await held;
      return { p: 0.5 };
    });
    const predictor = await makePredictor(server.url, { maxInFlight: 3 });
    const asked = [ask(predictor), ask(predictor), ask(predictor)];
    assert.match(await assertFails(ask(predictor), 'busy'), /3 requests/);
    answerAll();
    assert.equal((await Promise.all(asked)).length, 3);
    assert.deepEqual(await ask(predictor), [{ score: 0.5 }]);
    assert.equal(server.received.length, 4);
  });

  it('sends several rows in turn to an endpoint that takes one, a few at a time, and keeps their order', async () => {
    let underWay = 0;
    let most = 0;
    const server = await serve(async ({ body }) => {
      most = Math.max(most, ++underWay);
      for (let turns = Math.random() * 20; turns > 0; turns--) await new Promise(setImmediate);
      underWay--;
      return { p: (body as { age: number }).age / 100 };
    });
    const predictor = await makePredictor(server.url);
    const rows = Array.from({ length: 60 }, (_, age) => ({ ...creditRow, age }));
    assert.deepEqual(
      await ask(predictor, rows),
      rows.map(({ age }) => ({ score: age / 100 })),
    );
    assert.ok(most > 1 && most <= 8, `${most} at a time`);
  });

  it('sends the rows of a call in what the limit and other requests leave, and refuses none of them', async () => {
    const held: (() => void)[] = [];
    let underWay = 0;
    let most = 0;
    const server = await serve(async ({ body }) => {
      const { age } = body as { age: number };
      if (age < 0) await new Promise<void>((resolve) => held.push(resolve));
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      underWay--;
      return { p: Math.abs(age) / 100 };
    });
    const predictor = await makePredictor(server.url, { maxInFlight: 4, timeoutMs: 60_000 });
    const rows = Array.from({ length: 100 }, (_, age) => ({ ...creditRow, age }));
    const expected = rows.map(({ age }) => ({ score: age / 100 }));
    assert.deepEqual(await ask(predictor, rows), expected);
    assert.ok(most > 1 && most <= 4, `${most} at a time`);

    most = 0;
    const others = [1, 2, 3].map(() => ask(predictor, [{ ...creditRow, age: -1 }]));
    assert.deepEqual(await ask(predictor, rows), expected);
    assert.equal(most, 1);
    for (const answer of held) answer();
    await Promise.all(others);
  });

  it('ends the requests of a call of which one has failed', async () => {
    const server = await serve(({ body }) => ((body as { age: number }).age === 3 ? { p: 2 } : { p: 0.5 }));
    const predictor = await makePredictor(server.url);
    const rows = Array.from({ length: 1_000 }, (_, age) => ({ ...creditRow, age }));
    await assertFails(ask(predictor, rows), 'bad_answer');
    assert.ok(server.received.length < 100, `${server.received.length} requests`);
  });

  it('passes on the trace context of the active span, or otherwise the caller’s', async () => {
    const server = await serve(() => ({ p: 0.5 }));
    const predictor = await makePredictor(server.url);
    const traceOf = (digit: string, traceFlags: number) =>
      ({ traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags }) as const;
    const headerOf = (digit: string, flags: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-${flags}`;
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      const call = { callerTrace: traceOf('c', 0) };
      await predictor.predict([creditRow]);
      await predictor.predict([creditRow], call);
      const own = trace.setSpan(context.active(), trace.wrapSpanContext(traceOf('a', 1)));
      await context.with(own, () => predictor.predict([creditRow], call));
    } finally {
      propagation.disable();
      context.disable();
    }
    assert.deepEqual(
      server.received.map(({ headers }) => headers.traceparent),
      [undefined, headerOf('c', '00'), headerOf('a', '01')],
    );
  });

  it('releases the connection when nobody waits any more', async () => {
    let closed = () => {};
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const waiting = new AbortController();
    const server = await serve((_, __, request) => {
      request.socket.once('close', closed);
      waiting.abort();
    });
    await assertFails(ask(await makePredictor(server.url), [creditRow], waiting.signal), 'aborted');
    await isClosed;
  });

  it('lets requests finish when it is closed', async () => {
    const arrived = Promise.withResolvers<void>();
    const closing = Promise.withResolvers<void>();
    const server = await serve(async () => {
      arrived.resolve();
      await closing.promise;
      return { p: 0.5 };
    });
    const predictor = await makePredictor(server.url);
    const asked = ask(predictor);
    await arrived.promise;
    const closed = predictor.close?.();
    closing.resolve();
    assert.deepEqual(await asked, [{ score: 0.5 }]);
    await closed;
  });

  it('speaks HTTPS, and only with a server whose certificate is trusted', async function () {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const trusted = getCACertificates('default');
    try {
      const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
      execFileSync(
        requireTool(this, 'openssl'),
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
        ].concat([
          '-subj',
          '/CN=model',
          '-addext',
          'subjectAltName=IP:127.0.0.1',
          '-keyout',
          key,
          '-out',
          cert,
        ]),
        { stdio: 'pipe' },
      );
      const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
      const server = await serve(() => ({ p: 0.5 }), tls);
      const message = await assertFails(ask(await makePredictor(server.url)), 'unreachable');
      assert.match(message, /SELF_SIGNED_CERT/);
      setDefaultCACertificates([...trusted, tls.cert]);
      assert.deepEqual(await ask(await makePredictor(server.url)), [{ score: 0.5 }]);
    } finally {
      setDefaultCACertificates(trusted);
      await rm(folder, { recursive: true });
    }
  });

  describe('with headers from a file', () => {
    let folder = '';
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    });
    after(() => rm(folder, { recursive: true }));

    it('sends them', async () => {
      await writeFile(join(folder, 'headers'), 'Authorization: Bearer abc:def\n\nX-Team:  risk \n');
      const server = await serve(() => ({ p: 0.5 }));
      await ask(await makePredictor(server.url, { headersFile: 'headers' }, folder));
      const { authorization, 'x-team': team } = server.received[0].headers;
      assert.deepEqual([authorization, team], ['Bearer abc:def', 'risk']);
    });

    it('reads them again when the server refuses them, and uses them once they have changed', async () => {
      const path = join(folder, 'rotated');
      await writeFile(path, 'Authorization: Bearer first');
      let valid = 'Bearer first';
      const server = await serve(({ headers }, response) => {
        if (headers.authorization === valid) return { p: 0.5 };
        response.writeHead(401).end();
        return undefined;
      });
      const predictor = await makePredictor(server.url, { headersFile: path });
      await ask(predictor);
      valid = 'Bearer second';
      assert.match(await assertFails(ask(predictor), 'refused'), /answers 401/);
      await writeFile(path, 'Authorization: Bearer second');
      assert.deepEqual(await ask(predictor), [{ score: 0.5 }]);
      assert.deepEqual(await ask(predictor), [{ score: 0.5 }]);
      assert.equal(server.received.length, 5);
      valid = 'Bearer third';
      await rm(path);
      assert.match(await assertFails(ask(predictor), 'refused'), /answers 401/);
    });

    for (const text of ['secret', 'secret:', 'Content-Length: 3', 'a b: secret', 'A: secret\na: secret']) {
      it(`refuses ${JSON.stringify(text)} and does not reveal it`, async () => {
        const path = join(folder, 'wrong');
        await writeFile(path, text);
        const made = makePredictor('http://127.0.0.1/', { headersFile: path }, folder);
        await assert.rejects(made, (error: Error) => {
          assert.match(error.message, /headersFile=.*wrong: header [12] is not/);
          assert.doesNotMatch(error.message, /secret$|: secret/);
          return true;
        });
      });
    }

    it('refuses a file that does not exist', async () => {
      const made = makePredictor('http://127.0.0.1/', { headersFile: 'none' }, folder);
      await assert.rejects(made, { message: `headersFile=${join(folder, 'none')}: cannot be read: ENOENT` });
    });
  });

  describe('as the model file describes it', () => {
    const refused: readonly [what: string, given: Given, says: RegExp][] = [
      ['another protocol', { protocol: 'grpc' }, /protocol/],
      ['an address of another kind', { url: 'ftp://host/' }, /begins with http/],
      ['a password in the address', { url: 'http://me:secret@host/' }, /headersFile/],
      ['a misspelt field', { timeout: 1 }, /timeout/],
      ['no time', { timeoutMs: 0 }, /timeoutMs/],
      ['a pointer without a slash', { score: 'p' }, /JSON pointer/],
      ['no pointer to the score', { score: undefined }, /score/],
      ['a request without the row', { request: { a: 1 } }, /\{row\}/],
      ['a request with the row twice', { request: ['{row}', '{row}'] }, /once/],
    ];
    for (const [what, given, says] of refused) {
      it(`refuses ${what}`, () => {
        const read = httpSettings.safeParse({
          kind: 'http',
          protocol: 'json',
          url: 'http://host/',
          score: '/p',
          ...given,
        });
        assert.ok(!read.success);
        assert.match(JSON.stringify(read.error.issues), says);
        assert.doesNotMatch(JSON.stringify(read.error.issues), /secret/);
      });
    }
  });
});
