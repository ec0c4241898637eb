import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/service.ts';

type Row = { age: number | null; history: string };

const openApi = {
  paths: {
    '/predict': {
      post: {
        requestBody: {
          content: {
            'application/json': {
              schema: { properties: { age: { type: 'number' }, history: { type: 'string' } } },
            },
          },
        },
      },
    },
  },
};

describe('npm run traffic', () => {
  let server: Server;
  let url: string;
  let rows: Row[] = [];
  let answering: Promise<unknown> = Promise.resolve();
  const children: ChildProcess[] = [];

  before(async () => {
    // Like the service, it refuses an age that is missing.
    server = createServer(async (request, response) => {
      if (request.url === '/openapi.json') {
        response.end(JSON.stringify(openApi));
        return;
      }
      const row = JSON.parse((await request.toArray()).join('')) as Row;
      rows.push(row);
      await answering;
      response.writeHead(row.age === null ? 422 : 200).end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    rows = [];
  });

  after(() => {
    for (const child of children) child.kill('SIGKILL');
    server.close().closeAllConnections();
  });

  function start(args: string[]) {
    const child = spawn(process.execPath, ['bin/vigia.cjs', 'traffic', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const output = Promise.all([child.stdout.toArray(), child.stderr.toArray(), once(child, 'close')]);
    const ended = output.then(([stdout, stderr, [code]]) => ({
      stdout: stdout.join(''),
      stderr: stderr.join(''),
      code: code as number | null,
    }));
    return { child, ended };
  }

  function run(...args: string[]) {
    return start(['--url', url, ...args]).ended;
  }

  it('sends rows of the training data and says what came back', async () => {
    const { stdout, stderr, code } = await run('--count', '60', '--rate', '500');
    assert.equal(code, 0, stderr);
    assert.equal(rows.length, 60);
    assert.ok(rows.every(({ age }) => Number.isInteger(age) && Number(age) >= 19 && Number(age) <= 75));
    assert.ok(new Set(rows.map(({ history }) => history)).size >= 3);
    assert.match(
      stdout,
      /^sent 60 requests in \d+\.\d s \(\d+\.\d\/s\)\n +60 {2}200 OK\nlatency p50 [\d.]+ ms, p99 [\d.]+ ms/,
    );
    assert.match(stderr, /^sending 500 requests\/s to http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  it('repeats the same requests for the same seed, and others for another', async () => {
    const sequences: string[] = [];
    for (const seed of ['5', '5', '6']) {
      rows = [];
      // Slow enough that no request overtakes another.
      await run('--count', '12', '--rate', '100', '--seed', seed);
      sequences.push(
        rows
          .map((row) => JSON.stringify(row))
          .sort()
          .join(),
      );
    }
    assert.equal(sequences[0], sequences[1]);
    assert.notEqual(sequences[0], sequences[2]);
  });

  it('sends several drifts at once', async () => {
    await run('--count', '20', '--rate', '500', '--drift', 'age:+1000', '--drift', 'history:unseen');
    assert.ok(rows.every(({ age, history }) => Number(age) > 1000 && history === 'never seen in training'));
  });

  it('distinguishes refusals from successes when it omits values', async () => {
    const { stdout, code } = await run('--count', '100', '--rate', '500', '--drift', 'missing:age:0.2');
    const missing = rows.filter(({ age }) => age === null).length;
    assert.equal(code, 0);
    assert.ok(missing > 5 && missing < 40, `${missing} missing`);
    assert.match(stdout, new RegExp(`${missing} {2}422 Unprocessable Entity`));
  });

  it('ends on Ctrl-C with its summary', async () => {
    const { child, ended } = start(['--url', url, '--rate', '200']);
    await eventually(() => assert.notEqual(rows.length, 0));
    child.kill('SIGINT');
    const { stdout, code } = await ended;
    assert.equal(code, 0);
    assert.match(stdout, /^sent \d+ requests/);
  });

  it('ends on Ctrl-C with its summary, even when npm forwards it a second time', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    answering = promise;
    const { child, ended } = start(['--url', url, '--count', '10', '--rate', '1000']);
    await eventually(() => assert.equal(rows.length, 10));
    // it treats both alike, and two of one kind that wait together would be one
    child.kill('SIGINT');
    child.kill('SIGTERM');
    resolve();
    const { stdout, code } = await ended;
    assert.equal(code, 0);
    assert.match(stdout, /^sent 10 requests/);
  });

  for (const [args, message] of [
    [['--rate', '0'], /--rate is a number above 0/],
    [['--count', '1.5'], /--count is a whole number above 0, not '1\.5'/],
    [['--duration', 'soon'], /--duration is a time such as 90s, 5m or 1h, not 'soon'/],
    [['--seed', 'x'], /--seed is a whole number/],
    [['--url', 'localhost'], /--url is an address such as/],
    [['--data', 'a', '--model', 'b'], /--data and --model both/],
    [['--drift', 'height:+1'], /no feature 'height', but age, history/],
    [['--speed', '1'], /--speed/],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { stderr, stdout, code } = await run(...args);
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
      assert.equal(stdout, '');
    });
  }

  it('says where nobody answers', async () => {
    const { stderr, code } = await start(['--url', 'http://127.0.0.1:9']).ended;
    assert.equal(code, 1);
    assert.match(stderr, /^http:\/\/127\.0\.0\.1:9\/openapi\.json: no answer \(.+\): is the service running/);
  });

  it('explains itself', async () => {
    const { stdout, code } = await run('--help');
    assert.equal(code, 0);
    assert.match(stdout, /--drift CHANGE/);
  });
});
