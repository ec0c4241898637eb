import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runCommand } from '../report/run-command.ts';
import {
  installPythonClient,
  pythonClient,
  requirePythonEnvironment,
} from '../support/python-environment.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  root,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const programs = join(root, 'test/clients');
const example = join(root, 'examples/fastapi');
const token = 'token-of-those-who-may-observe-0123456789';

describe('the Python client', function () {
  this.slow(60_000);
  let python: string;

  before(async function () {
    python = await requirePythonEnvironment(this, join(programs, 'requirements.txt'));
  });

  describe('by itself', () => {
    /** Runs a module of Python in the client's folder: what it prints on standard error, and a failure that shows all. */
    async function runModule(...args: string[]): Promise<string> {
      const env = {
        ...process.env,
        PYTHONPATH: join(pythonClient, 'src'),
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONWARNINGS: 'always::ResourceWarning',
      };
      try {
        return (await run(python, ['-m', ...args], { cwd: pythonClient, env })).stderr;
      } catch (error) {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        throw new Error(`python -m ${args.join(' ')}:\n${stdout}${stderr}`);
      }
    }

    it('passes its own tests, and leaves nothing open', async () => {
      const said = await runModule('unittest', 'discover', '-s', 'tests', '-t', '.');
      assert.doesNotMatch(said, /ResourceWarning/);
      assert.match(said, /^Ran \d\d+ tests/m);
      if (process.env.CI === 'true') assert.doesNotMatch(said, /skipped/);
    });

    it('has types and a style that linters approve', async () => {
      await Promise.all([
        runModule('mypy', '--no-incremental'),
        runModule('ruff', 'check', '--config', 'pyproject.toml', '--no-cache', '.', programs, example),
        runModule(
          'ruff',
          'format',
          '--config',
          'pyproject.toml',
          '--no-cache',
          '--check',
          '.',
          programs,
          example,
        ),
      ]);
    });
  });

  describe('as installed, beside a model of scikit-learn', () => {
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let service: TestService;
    let env: NodeJS.ProcessEnv;
    const metrics = async () => (await fetch(`${service.admin}/metrics`)).text();
    const predicted = async () => {
      const text = await metrics();
      const count = (prediction: string) => seriesValue(text, 'model_predictions_total', { prediction }) ?? 0;
      return { good: count('good'), bad: count('bad') };
    };
    const badOutcomes = async () => {
      const series = (await metrics()).matchAll(/^model_outcomes_total\{.*outcome="bad".*\} (\d+)$/gm);
      return [...series].reduce((sum, [, count]) => sum + Number(count), 0);
    };

    before(async () => {
      folder = await temporaryFolder();
      const packages = join(folder.path, 'packages');
      await installPythonClient(python, packages);
      const tokenPath = join(folder.path, 'token');
      await writeFile(tokenPath, token, { mode: 0o600 });
      service = await startTestService({ OUTCOMES_TOKEN_FILE: tokenPath });
      env = {
        ...process.env,
        PYTHONPATH: `${packages}:${programs}`,
        PYTHONDONTWRITEBYTECODE: '1',
        DATA: join(root, 'data/german-credit.csv'),
        VIGIA_TOKEN_FILE: tokenPath,
      };
    });
    after(() => Promise.all([service?.stop(), folder?.[Symbol.asyncDispose]()]));

    it('counts what routes of FastAPI answer, the last of it when the app ends', async () => {
      const before = await predicted();
      const app = await startServer(python, ['uvicorn', 'app:app', '--port', '0', '--no-access-log'], {
        ...env,
        VIGIA_URL: service.api,
      });
      const answers: string[] = [];
      try {
        for (let i = 0; i < 40; i++) {
          const applicant = {
            age: 20 + i,
            limit: 500 * (i + 1),
            history: 'none',
            customer_id: `customer-${i}`,
          };
          const watched = await postJson(`${app.url}/predict`, applicant);
          assert.equal(watched.status, 200);
          answers.push(watched.body.label);
          const { body } = await postJson(`${app.url}/decide`, { ...applicant, customer_id: `case-${i}` });
          assert.equal(body.granted, watched.body.label === 'good');
          answers.push(watched.body.label);
        }
        const refused = await postJson(`${app.url}/predict`, { age: 'young' });
        assert.equal(refused.status, 422);
      } finally {
        assert.equal(await app.stop(), '');
      }
      const after = await predicted();
      const bad = answers.filter((label) => label === 'bad').length;
      assert.ok(bad > 0 && bad < answers.length);
      assert.deepEqual([after.good - before.good, after.bad - before.bad], [answers.length - bad, bad]);
      const samples = await eventually(async () => {
        const found = (await readJsonLines(service.samplesPath)).filter(({ key }) => key?.endsWith('-7'));
        assert.equal(found.length, 2);
        return found;
      });
      for (const sample of samples) {
        assert.deepEqual(sample.features, { age: 27, limit: 4000, history: 'none' });
        assert.equal(sample.score, samples[0].score);
      }
      assert.deepEqual(samples.map(({ key }) => key).sort(), ['case-7', 'customer-7']);
    });

    it('gives predictions keys by which the labels of a table find them', async () => {
      const labels = join(folder.path, 'labels.csv');
      await writeFile(labels, 'customer,outcome\ncustomer-7,bad\ncustomer-8,good\nstranger,good\n');
      const columns = ['--key', 'customer', '--outcome', 'outcome'];
      const places = ['--data', labels, '--live', service.samplesPath, '--url', service.admin];
      const { stdout } = await runCommand('outcomes', [...columns, ...places]);
      assert.match(stdout, /^ +2 +taken$/m);
    });

    it('counts what workers forked by gunicorn answer, each once', async () => {
      const before = await predicted();
      const args = ['gunicorn', '--preload', '--workers', '2', '--bind', '127.0.0.1:0', 'prefork:app'];
      const app = await startServer(python, args, {
        ...env,
        VIGIA_URL: service.admin,
        // it keeps a socket there
        HOME: folder.path,
      });
      const workers = new Set<string>();
      let requests = 0;
      try {
        await eventually(async () => {
          workers.add(await (await fetch(`${app.url}/case-${requests + 1}`)).text());
          requests++;
          assert.equal(workers.size, 2);
        });
      } finally {
        assert.equal(await app.stop(), '');
      }
      assert.equal((await predicted()).good - before.good, requests + 1);
    });

    it('counts once what is resent because an answer was lost', async () => {
      const before = await predicted();
      const proxy = await startLosingProxy(service.admin);
      try {
        const { stdout } = await run(python, [join(programs, 'insist.py')], {
          env: { ...env, VIGIA_URL: proxy.url },
        });
        assert.equal(stdout, '3 0 0\n');
        assert.equal(proxy.count(), 2);
      } finally {
        proxy.stop();
      }
      assert.equal((await predicted()).good - before.good, 3);
    });

    it('counts the table of a batch job and its outcomes, each once', async () => {
      const before = await predicted();
      const badBefore = await badOutcomes();
      const { stdout } = await run(python, [join(programs, 'job.py')], {
        env: { ...env, VIGIA_URL: service.admin },
      });
      const { receipt, outcomes, again } = JSON.parse(stdout);
      const lines = (await readFile(join(root, 'data/german-credit.csv'), 'utf8')).trim().split('\n');
      const rows = lines.length - 1;
      assert.deepEqual([receipt.accepted, receipt.invalid], [rows - 1, 1]);
      assert.deepEqual(receipt.faults, [
        { index: 3, pointer: '/features/age', code: 'null', message: 'must be number' },
      ]);
      assert.equal(receipt.ids[3], null);
      const after = await predicted();
      assert.equal(after.good + after.bad - before.good - before.bad, rows - 1);
      assert.deepEqual([outcomes.accepted, outcomes.duplicate, outcomes.invalid], [rows - 1, 0, 0]);
      assert.deepEqual([again.accepted, again.duplicate], [0, 10]);
      const bads = lines.filter((line) => line.endsWith(',bad')).length;
      assert.equal((await badOutcomes()) - badBefore, bads);
      // a table of floats that pandas has boxed: scores are still the numbers that float32 means
      const [sample] = (await readJsonLines(service.samplesPath)).filter(({ id }) => id === receipt.ids[0]);
      assert.equal(sample.key, '0');
      assert.ok(String(sample.score).length <= 12, String(sample.score));
    });
  });
});

/** Starts a server on a free port. `stop` ends it as a container's end would, and gives what it said of trouble. */
async function startServer(
  python: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ url: string; stop(): Promise<string> }> {
  const child = spawn(python, ['-m', ...args], { cwd: programs, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = once(child, 'close');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await closed;
    return said
      .split('\n')
      .filter((line) => line !== '' && !/\bINFO\b/.test(line))
      .join('\n');
  };
  try {
    const url = await eventually(() => {
      const [, found] = /(?:running on|Listening at:) (http:\S+)/.exec(said) ?? [];
      assert.ok(found !== undefined && child.exitCode === null, said);
      return found;
    }, 60_000);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Passes requests on to the service, and hangs up instead of the first answer. */
async function startLosingProxy(target: string): Promise<{ url: string; count(): number; stop(): void }> {
  let count = 0;
  const proxy = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { host: _, connection: __, ...headers } = request.headers as Record<string, string>;
    const answer = await fetch(`${target}${request.url}`, { method: 'POST', headers, body });
    const text = await answer.text();
    if (++count === 1) request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    count: () => count,
    stop: () => {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}
