import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  eventually,
  postJson,
  readJsonLines,
  root,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const command = ['bin/vigia.cjs', 'outcomes'];

/** Runs the command to its end. */
async function run(
  args: readonly string[],
  { env = {}, input }: { env?: Record<string, string>; input?: string | Uint8Array } = {},
) {
  const child = spawn(process.execPath, [...command, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [status] = await once(child, 'close');
  return { status, stdout, stderr, counts: countsOf(stdout) };
}

/** The numbers of the summary, by the words behind them up to the first mark. */
function countsOf(stdout: string): Record<string, number> {
  const lines = [...stdout.matchAll(/^ +([\d,]+) {2}([\w, ]+?)(?:$|:)/gm)];
  return Object.fromEntries(lines.map(([, count, what]) => [what, Number(count.replaceAll(',', ''))]));
}

async function predict({ api }: TestService, key?: string): Promise<string> {
  const headers: Record<string, string> =
    key === undefined ? {} : { 'x-prediction-key': Buffer.from(key).toString('latin1') };
  const { status, body } = await postJson(`${api}/predict`, row, headers);
  assert.equal(status, 200);
  return body.id;
}

/** Waits until the samples of all predictions are in the file. */
const written = (service: TestService, count: number) =>
  eventually(async () => assert.equal((await readJsonLines(service.samplesPath)).length, count));

async function outcomesOf({ outcomesPath }: TestService): Promise<Map<string, string>> {
  const lines = await readJsonLines(outcomesPath).catch(() => []);
  return new Map(lines.map(({ id, outcome }) => [id, outcome]));
}

describe('npm run outcomes', () => {
  let service: TestService;
  let env: Record<string, string>;
  /** The ids of the predictions of each key, oldest first. */
  const ids = new Map<string, string[]>();
  before(async () => {
    service = await startTestService();
    for (const key of ['a', 'b', '007', '7', 'a', 'Zoë, 1', 'b']) {
      ids.set(key, [...(ids.get(key) ?? []), await predict(service, key)]);
    }
    await predict(service);
    await written(service, 8);
    env = { ADMIN_PORT: new URL(service.admin).port, SAMPLES_PATH: service.samplesPath };
  });
  after(() => service.stop());
  const newest = (key: string) => ids.get(key)?.at(-1) ?? assert.fail(key);

  it('joins a table by your own key, uses the newest prediction of each, and says what happened to every row', async () => {
    await using folder = await temporaryFolder();
    const labels = await folder.write(
      'labels.csv',
      'region,customerID,churned\nn,a,bad\nn, 007 ,good\ns,"Zoë, 1",bad\ns,unknown,bad\nn,b,\nn,b,NA\nn,,good\nn,a,good\ns,torn\n',
    );
    const args = ['--data', labels, '--key', 'customerID', '--outcome', 'churned'];
    const { status, stdout, stderr, counts } = await run(args, { env });
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.match(stdout, /^9 labels in \S+labels\.csv, 3 outcomes sent\n/);
    assert.deepEqual(counts, {
      taken: 3,
      repeated: 1,
      'without a prediction among 8 samples': 1,
      'without an outcome': 2,
      'without a key or id': 1,
      'that cannot be read': 1,
    });
    assert.match(stdout, /the first row of a key counts, and 1 of them says otherwise/);
    assert.match(
      stdout,
      /without a prediction among 8 samples: the oldest with a key is of \d{4}-\d\d-\d\d \d\d:\d\d UTC\n/,
    );
    assert.deepEqual(
      await outcomesOf(service),
      new Map([
        [newest('a'), 'bad'],
        [newest('007'), 'good'],
        [newest('Zoë, 1'), 'bad'],
      ]),
    );
    const again = await run(args, { env });
    assert.equal(again.status, 1, 'none was taken');
    assert.equal(again.counts.duplicates, 3);
    assert.equal(again.counts.taken, 0);
    assert.equal(again.stderr, 'no outcome was taken: all that were sent had been counted before\n');
  });

  it('takes JSON from standard input, numbers by their text, and every prediction with --all', async () => {
    const labels = [
      { key: 7, y: 'bad' },
      { key: 'b', y: 'good' },
      { key: 'a', y: null },
      { key: 'c', y: 'bad' },
    ];
    const args = ['--data', '-', '--key', 'key', '--outcome', 'y', '--all'];
    const { status, stdout, counts } = await run(args, { env, input: JSON.stringify(labels) });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^4 labels in standard input, 3 outcomes sent\n/);
    assert.deepEqual(counts, {
      taken: 3,
      'without a prediction among 8 samples': 1,
      'without an outcome': 1,
    });
    const outcomes = await outcomesOf(service);
    assert.equal(outcomes.get(newest('7')), 'bad');
    for (const id of ids.get('b') ?? []) assert.equal(outcomes.get(id), 'good');
  });

  it('sends labels by the prediction id, without samples, and says why some are refused', async () => {
    const [one, two, three] = await Promise.all([predict(service), predict(service), predict(service)]);
    const forged = `${one.slice(0, -1)}${one.endsWith('A') ? 'B' : 'A'}`;
    const table = `id\tlabel\n${one}\tgood\n${two}\tbad\n${forged}\tbad\n${three}\tmaybe\n${'x'.repeat(300)}\tbad\n`;
    const args = ['--data', '-', '--id', 'id', '--outcome', 'label'];
    const { status, stdout, counts } = await run(args, {
      env: { ...env, SAMPLES_PATH: '/nowhere/samples.jsonl' },
      input: gzipSync(table),
    });
    assert.equal(status, 0, stdout);
    assert.deepEqual(counts, { taken: 2, 'refused, invalid_id': 2, 'refused, unknown_class': 1 });
    assert.match(stdout, /refused, unknown_class: the outcome must be "good" or "bad"\n/);
  });

  it('stops at labels that are not classes, naming them, and sends what --map says', async () => {
    const id = await predict(service);
    const input = `id,paid\n${id},1.0\nx,1\n`;
    const args = ['--data', '-', '--id', 'id', '--outcome', 'paid'];
    const refused = await run(args, { env, input: input.replace('x,1\n', '') });
    assert.equal(refused.status, 1);
    assert.equal(
      refused.stderr,
      '"1.0" is not a class of the model: the outcome must be "good" or "bad": --map VALUE=CLASS says what a value of paid means\n',
    );
    assert.deepEqual(refused.counts, { taken: 0, 'refused, unknown_class': 1 });
    const mapped = await run([...args, '--map', '1=good,0=bad'], { env, input });
    assert.equal(mapped.status, 0, mapped.stderr);
    assert.equal((await outcomesOf(service)).get(id), 'good');
  });

  for (const [what, args, message] of [
    ['no table', [], /^--data is needed: the table of labels /],
    ['no outcome', ['--data', 'x', '--key', 'k'], /^--outcome is needed: /],
    ['neither key nor id', ['--data', 'x', '--outcome', 'y'], /^--key or --id is needed: /],
    ['both', ['--data', 'x', '--outcome', 'y', '--key', 'k', '--id', 'i'], /^--key and --id/],
    ['--all with an id', ['--data', 'x', '--outcome', 'y', '--id', 'i', '--all'], /^--all goes with --key/],
    ['another protocol', ['--data', 'x', '--outcome', 'y', '--id', 'i', '--url', 'ftp://h'], /^--url is an/],
    [
      'a password',
      ['--data', 'x', '--outcome', 'y', '--id', 'i', '--url', 'http://u:secret@h'],
      /^--url holds a user or a password/,
    ],
    [
      'half a mapping',
      ['--data', 'x', '--outcome', 'y', '--id', 'i', '--map', '1'],
      /^--map is VALUE=CLASS, .* not '1'/,
    ],
    [
      'samples of a pipe',
      ['--data', 'x', '--outcome', 'y', '--key', 'k', '--live', '-'],
      /^--live is read more/,
    ],
  ] as const) {
    it(`refuses ${what} in one line`, () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], {
        cwd: root,
        encoding: 'utf8',
      });
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
      assert.match(stderr, /^[^\n]+\n$/);
      assert.doesNotMatch(stderr, /secret/);
      assert.equal(stdout, '');
    });
  }

  for (const [what, data, args, message] of [
    [
      'a column that is not there',
      'k,y\na,bad\n',
      ['--key', 'id'],
      /:1: column id: no such column, .* k, y$/,
    ],
    ['a member that is not there', '{"k":"a"}\n', ['--key', 'k'], /: the first object has no y, but k$/],
    [
      'a misspelt column',
      'key,y\na,good\n',
      ['--key', 'kye'],
      /: no such column \(did you mean key\?\), the/,
    ],
    ['a misspelt member', '{"key":"a"}\n', ['--key', 'kye'], /has no kye \(did you mean key\?\), but key$/],
    ['an empty table', '', ['--key', 'k'], /is empty/],
    [
      'numbers that JSON has rounded',
      '[{"k":12345678901234567890,"y":"bad"}]',
      ['--key', 'k'],
      /k has a number that is too large to be read exactly from JSON/,
    ],
    [
      'a column that holds no outcomes',
      `k,y\n${Array.from({ length: 1100 }, (_, i) => `a,${i}\n`).join('')}`,
      ['--key', 'k'],
      /column y has more than 1000 distinct values/,
    ],
    [
      'a model that has no keys',
      'k,y\na,bad\n',
      ['--key', 'k', '--model-name', 'churn'],
      /no prediction of model churn has a key, only predictions of credit$/,
    ],
  ] as const) {
    it(`says in one line that there is ${what}, and sends nothing`, async () => {
      const { status, stdout, stderr } = await run(['--data', '-', '--outcome', 'y', ...args], {
        env,
        input: data,
      });
      assert.equal(status, 1);
      assert.match(stderr.trimEnd(), message);
      assert.match(stderr, /^[^\n]+\n$/);
      assert.equal(stdout, '');
    });
  }

  it('joins nothing by keys that are withheld or of several models', async () => {
    await using folder = await temporaryFolder();
    const line = (key: string, model: string, time: string) =>
      `${JSON.stringify({ time, id: newest('a'), key, model, version: 'v', score: 0.5, prediction: 'bad' })}\n`;
    const time = '2026-01-01T00:00:00.000Z';
    const join = async (samples: string, label = 'a') => {
      const path = await folder.write('samples.jsonl', samples);
      return run(['--data', '-', '--key', 'k', '--outcome', 'y', '--live', path], {
        env,
        input: `k,y\n${label},bad\n`,
      });
    };
    const withheld = await join(line('[redacted]', 'churn', time), '[redacted]');
    assert.match(withheld.stderr, /the model withholds the keys of its predictions, .* use --id\n$/);
    const several = await join(line('a', 'churn', time) + line('b', 'upsell', time));
    assert.match(several.stderr, /predictions of several models have keys \(churn, upsell\): choose one/);
    const none = await join(`{"time":"${time}","id":"x","model":"churn"}\n`);
    assert.match(none.stderr, /no sample has a key: .*x-prediction-key/);
    for (const { status, stdout } of [withheld, several, none]) assert.deepEqual([status, stdout], [1, '']);
  });
});

describe('labels by your own key, as in docs/outcomes.md', () => {
  it('are taken', async function () {
    requireTool(this, 'curl');
    await using folder = await temporaryFolder();
    const text = await readFile(join(root, 'docs/outcomes.md'), 'utf8');
    const section = /## Labels by your own key\n(.*?)\n## /s.exec(text)?.[1] ?? assert.fail('no section');
    const [, commands] = /```sh\n(.*?)```/s.exec(section) ?? assert.fail('no commands');
    const [, shown] = /\n\n((?: {4}.*\n)+)/.exec(section) ?? assert.fail('no output');
    const service = await startTestService();
    try {
      const env = {
        ...process.env,
        NODE: process.execPath,
        ADMIN_PORT: new URL(service.admin).port,
        SAMPLES_PATH: service.samplesPath,
      };
      const runScript = (script: string) =>
        spawnSync('sh', ['-ec', script], { encoding: 'utf8', timeout: 30_000, env });
      const [predict, label] = commands
        .replace('http://127.0.0.1:8000', service.api)
        .replace('npm run outcomes --', `cd ${root} && "$NODE" ${command.join(' ')}`)
        .replaceAll('labels.csv', join(folder.path, 'labels.csv'))
        .split(/(?=^printf)/m);
      const predicted = runScript(predict);
      assert.equal(predicted.status, 0, predicted.stderr);
      await eventually(async () => assert.match(await readFile(service.samplesPath, 'utf8'), /loan-123/));
      const { status, stdout, stderr } = runScript(label);
      assert.equal(status, 0, stderr);
      const said = stdout.replace(join(folder.path, 'labels.csv'), 'labels.csv');
      assert.equal(said.trimEnd(), shown.replaceAll(/^ {4}/gm, '').trimEnd());
      assert.deepEqual([...(await outcomesOf(service)).values()], ['good']);
    } finally {
      await service.stop();
    }
  });
});

describe('npm run outcomes over samples of several replicas', () => {
  it('uses the newest prediction, whatever file it is in', async () => {
    await using folder = await temporaryFolder();
    const service = await startTestService();
    try {
      const made = [await predict(service, 'k'), await predict(service, 'k'), await predict(service, 'k')];
      await written(service, 3);
      const lines = await readJsonLines(service.samplesPath);
      const [first, second, third] = made.map((id) => lines.find((line) => line.id === id));
      // the clocks of machines differ: the order of lines says nothing
      second.time = '2099-01-01T00:00:00.000Z';
      third.time = 'no time';
      await folder.write('a.jsonl', `${JSON.stringify(second)}\n{"torn":`);
      await folder.write('b.jsonl', `${JSON.stringify(first)}\n${JSON.stringify(third)}\n`);
      const { status, stdout } = await run(
        ['--data', '-', '--key', 'k', '--outcome', 'y', '--live', join(folder.path, '*.jsonl')],
        { env: { ADMIN_PORT: new URL(service.admin).port }, input: 'k,y\nk,bad\n' },
      );
      assert.equal(status, 0, stdout);
      assert.match(stdout, /1 line of the samples cannot be read/);
      assert.deepEqual([...(await outcomesOf(service)).keys()], [made[1]]);
    } finally {
      await service.stop();
    }
  });
});

describe('npm run outcomes and the network', () => {
  const token = 'a-token-for-outcomes';
  const empty = '{"accepted":0,"duplicate":0,"expired":0,"invalid":[]}';
  type Answer = (request: IncomingMessage, response: ServerResponse, items: unknown[], turn: number) => void;

  /** A server that answers as it is told, and the requests that it got. */
  async function serve(answer: Answer) {
    const requests: { authorization: string | undefined; items: unknown[] }[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      const items = JSON.parse(body) as unknown[];
      const { authorization } = request.headers;
      requests.push({ authorization, items });
      answer(request, response, items, requests.length);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      requests,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await once(server.close(), 'close');
      },
    };
  }

  const accept = (response: ServerResponse, items: unknown[]) =>
    response
      .writeHead(202, { 'content-type': 'application/json' })
      .end(empty.replace('"accepted":0', `"accepted":${items.length}`));
  const args = ['--data', '-', '--id', 'id', '--outcome', 'y'];
  const input = 'id,y\nsome-id,bad\n';

  it('is authorised by the token on the public API, which no output shows', async () => {
    await using folder = await temporaryFolder();
    const path = await folder.write('token', `${token}\n`);
    const service = await startTestService({ OUTCOMES_TOKEN_FILE: path });
    try {
      const by = (...more: string[]) =>
        predict(service).then((id) =>
          run([...args, '--url', service.api, ...more], { input: `id,y\n${id},bad\n` }),
        );
      const without = await by();
      assert.equal(without.status, 1);
      assert.match(without.stderr, /outcomes: status 401: .*: give the token with --token-file\n$/);
      const taken = await by('--token-file', path);
      assert.equal(taken.status, 0, taken.stderr);
      assert.doesNotMatch(taken.stdout + taken.stderr, new RegExp(token));
      const short = await by('--token-file', await folder.write('short', 'short'));
      assert.match(short.stderr, /^--token-file=\S+: token 1 has fewer than 16 characters/);
    } finally {
      await service.stop();
    }
  });

  it('says where outcomes are accepted when they are not', async () => {
    const service = await startTestService();
    try {
      const { status, stderr } = await run([...args, '--url', service.api], { input });
      assert.equal(status, 1);
      assert.match(stderr, /status 404: .*admin listener/);
    } finally {
      await service.stop();
    }
  });

  it('follows no redirection with the token', async () => {
    await using folder = await temporaryFolder();
    const path = await folder.write('token', token);
    await using thief = await serve((_request, response, items) => accept(response, items));
    await using server = await serve((_request, response) =>
      response.writeHead(307, { location: `${thief.url}/outcomes` }).end(),
    );
    const { status, stderr } = await run([...args, '--url', server.url, '--token-file', path], { input });
    assert.equal(status, 1);
    assert.match(stderr, /status 307: redirects to http:\S+, which is not followed: give that address/);
    assert.equal(server.requests[0].authorization, `Bearer ${token}`);
    assert.deepEqual(thief.requests, []);
  });

  it('resends a batch after 503, when told to, and after a lost connection', async () => {
    await using server = await serve((request, response, items, turn) => {
      if (turn === 2) response.writeHead(503, { 'retry-after': '0' }).end('{"detail":"the disk is full"}');
      else if (turn === 3) request.socket.destroy();
      else accept(response, items);
    });
    const { status, stderr, counts } = await run([...args, '--url', server.url], { input });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^\S+outcomes: status 503: the disk is full: trying again\n$/);
    assert.deepEqual(counts, { taken: 1 });
    assert.deepEqual(
      server.requests.map(({ items }) => items.length),
      [0, 1, 1, 1],
    );
    assert.deepEqual(server.requests[3].items, [{ id: 'some-id', outcome: 'bad' }]);
  });

  it('gives up if the service asks for too long a wait', async () => {
    await using server = await serve((_request, response, items, turn) => {
      if (turn === 2) accept(response, items);
      else response.writeHead(503, { 'retry-after': '900' }).end();
    });
    const many = `id,y\n${Array.from({ length: 5001 }, (_, i) => `id-${i},bad\n`).join('')}`;
    const { status, stdout, stderr, counts } = await run([...args, '--url', server.url], { input: many });
    assert.equal(status, 1);
    assert.match(stderr, /status 503 \(try again in 900 s\): giving up; .* nothing counts twice\n$/);
    assert.deepEqual(counts, { taken: 5000 });
    assert.match(stdout, /^5,001 labels in standard input, 5,000 outcomes sent\n/);
  });

  for (const [what, answer] of [
    ['another service', (response: ServerResponse) => response.writeHead(200).end('<html>')],
    ['a receipt that is none', (response: ServerResponse) => response.writeHead(202).end('{"accepted":"1"}')],
  ] as const) {
    it(`does not mistake ${what} for a service`, async () => {
      await using server = await serve((_request, response) => void answer(response));
      const { status, stderr } = await run([...args, '--url', server.url], { input });
      assert.equal(status, 1);
      assert.match(stderr, /status 20[02]: this is not a service that accepts outcomes\n$/);
    });
  }

  it('says immediately, before any sample is read, that there is no service', async () => {
    const closed = createServer();
    await once(closed.listen(0, '127.0.0.1'), 'listening');
    const { port } = closed.address() as AddressInfo;
    await once(closed.close(), 'close');
    const { status, stdout, stderr } = await run(
      ['--data', 'nowhere.csv', '--key', 'k', '--outcome', 'y', '--live', 'nowhere.jsonl'],
      { env: { ADMIN_PORT: String(port) } },
    );
    assert.deepEqual([status, stdout], [1, '']);
    assert.equal(
      stderr,
      `http://127.0.0.1:${port}/outcomes: no answer (ECONNREFUSED): is the service running there? If not, give --url\n`,
    );
  });

  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends cleanly on ${name}, and says what it has done`, async () => {
      const waiting = Promise.withResolvers<void>();
      await using server = await serve((_request, response, items, turn) => {
        if (turn <= 2) accept(response, items);
        // the second batch is never answered
        else waiting.resolve();
      });
      const child = spawn(process.execPath, [...command, ...args, '--url', server.url], { cwd: root });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (text) => {
        stdout += text;
      });
      child.stderr.on('data', (text) => {
        stderr += text;
      });
      child.stdin.end(`id,y\n${Array.from({ length: 10_000 }, (_, i) => `id-${i},bad\n`).join('')}`);
      await waiting.promise;
      child.kill(name);
      const [code] = await once(child, 'close');
      assert.equal(code, 130);
      assert.match(stdout, /5,000 outcomes sent\n +5,000 {2}taken\n$/);
      assert.equal(stderr, 'interrupted: run the command again, nothing counts twice\n');
    });
  }
});

describe('npm run outcomes in little memory', () => {
  it('joins with samples that take many times its heap', async () => {
    await using folder = await temporaryFolder();
    const service = await startTestService();
    try {
      const id = await predict(service, 'last');
      await written(service, 1);
      const [kept] = await readJsonLines(service.samplesPath);
      const line = (i: number) =>
        JSON.stringify({
          ...kept,
          key: `customer-${i}`,
          features: { ...kept.features, note: 'x'.repeat(600) },
        });
      const lines = Array.from({ length: 1000 }, (_, i) => line(i)).join('\n');
      const many = Array.from({ length: 70 }, (_, i) => lines.replaceAll('customer-', `customer-${i}-`));
      const path = join(folder.path, 'samples.jsonl');
      await writeFile(path, `${many.join('\n')}\n${JSON.stringify(kept)}\n`);
      const labels = await folder.write(
        'labels.csv',
        `k,y\n${Array.from({ length: 50_000 }, (_, i) => `nobody-${i},bad\n`).join('')}last,good\n`,
      );
      const { status, stderr, counts } = await run(
        ['--data', labels, '--key', 'k', '--outcome', 'y', '--live', path],
        {
          env: {
            NODE_OPTIONS: '--max-old-space-size=32',
            ADMIN_PORT: new URL(service.admin).port,
          },
        },
      );
      assert.equal(status, 0, stderr);
      assert.deepEqual(counts, { taken: 1, 'without a prediction among 70,001 samples': 50_000 });
      assert.deepEqual(await outcomesOf(service), new Map([[id, 'good']]));
    } finally {
      await service.stop();
    }
  });
});
