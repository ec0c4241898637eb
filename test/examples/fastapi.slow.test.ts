import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.ts';
import { pythonClient } from '../support/python-environment.ts';
import { eventually, root, seriesValue } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const run = promisify(execFile);
const samples = 569;

describe('examples/fastapi, followed from a clean folder', function () {
  this.timeout(400_000);
  this.slow(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let example: string;
  let commands: string[];
  let env: NodeJS.ProcessEnv;
  let admin: string;
  const started: ChildProcess[] = [];

  before(async function () {
    const python = requireTool(this, 'python 3.11');
    folder = await temporaryFolder();
    // as in the repository, so that its paths hold
    example = join(folder.path, 'examples/fastapi');
    await cp(join(root, 'examples/fastapi'), example, { recursive: true });
    await cp(pythonClient, join(folder.path, 'clients/python'), { recursive: true });
    const bin = join(folder.path, 'bin');
    await mkdir(bin);
    await symlink(join(root, 'bin/vigia.cjs'), join(bin, 'vigia'));
    await symlink(python, join(bin, 'python3'));
    await symlink(process.execPath, join(bin, 'node'));
    const [api, own, app] = await Promise.all([freePort(), freePort(), freePort()]);
    admin = `http://127.0.0.1:${own}`;
    env = {
      PATH: [bin, process.env.PATH].join(delimiter),
      HOME: process.env.HOME,
      PORT: String(api),
      ADMIN_PORT: String(own),
      VIGIA_URL: admin,
      APP_URL: `http://127.0.0.1:${app}`,
    };
    const text = (await readFile(join(example, 'README.md'), 'utf8')).replace('--port 8001', `--port ${app}`);
    commands = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, code]) => code.trim().split('\n'));
  });
  after(async () => {
    for (const child of started) {
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    }
    await folder?.[Symbol.asyncDispose]();
  });

  /** Runs the next command of the page. */
  async function follow(beginning: RegExp): Promise<string> {
    const command = commands.shift() ?? '';
    assert.match(command, beginning);
    return (await run('sh', ['-c', command], { cwd: example, env })).stdout;
  }

  /** Starts the next command of the page, and waits until an address answers. */
  async function start(beginning: RegExp, url: string): Promise<void> {
    const command = commands.shift() ?? '';
    assert.match(command, beginning);
    const [, settings, program] = /^((?:\w+=\S+ )*)(.*)$/.exec(command) ?? [];
    const child = spawn('sh', ['-c', `${settings}exec ${program}`], { cwd: example, env, stdio: 'ignore' });
    started.push(child);
    await eventually(() => fetch(url), 60_000);
  }

  const readJson = async (path: string): Promise<any> => (await fetch(`${admin}${path}`)).json();

  /** What was found of each feature in the last hour, once so many rows are counted. */
  async function verdicts(rows: number): Promise<Record<string, string>> {
    return eventually(async () => {
      const { features } = (await readJson('/drift')).windows['1h'];
      const found: { name: string; verdict: string; samples: number }[] = features;
      for (const { samples } of found) assert.equal(samples, rows);
      return Object.fromEntries(found.map(({ name, verdict }) => [name, verdict]));
    });
  }

  /** Reports the diagnoses of the page, once the samples whose keys they have are in the file. */
  async function report(rows: number): Promise<string> {
    await eventually(async () => {
      const metrics = await (await fetch(`${admin}/metrics`)).text();
      assert.equal(seriesValue(metrics, 'samples_written_total'), rows);
    });
    return follow(/^vigia outcomes/);
  }

  /** Of the predictions with a diagnosis, once there are so many. */
  async function accuracy(outcomes: number): Promise<number> {
    return eventually(async () => {
      const { realised } = (await readJson('/performance')).models[0].sinceStart;
      assert.equal(realised.samples, outcomes);
      return realised.accuracy.value;
    });
  }

  it('installs the client as a wheel, and describes the model', async () => {
    await follow(/-m venv/);
    await follow(/pip install/);
    const installed = await run(join(example, '.venv/bin/pip'), ['show', '--files', 'vigia']);
    assert.match(installed.stdout, /vigia-[\d.]+\.dist-info\/WHEEL/);
    await follow(/fit\.py/);
    await follow(/^vigia profile/);
  });

  it('watches the app without being in its way', async () => {
    await start(/vigia serve/, `${admin}/ready`);
    await start(/uvicorn/, `${env.APP_URL}/docs`);
    assert.match(await follow(/send\.py mm/), new RegExp(`^${samples} samples sent`));
    assert.deepEqual(new Set(Object.values(await verdicts(samples))), new Set(['stable']));
    const metrics = await (await fetch(`${admin}/metrics`)).text();
    const counted = ['malignant', 'benign'].map((prediction) =>
      seriesValue(metrics, 'model_predictions_total', { model: 'tumour', prediction }),
    );
    assert.equal(Number(counted[0]) + Number(counted[1]), samples);
  });

  it('finds the diagnoses by the key of each sample', async () => {
    assert.match(await report(samples), new RegExp(`${samples}  taken`));
    assert.ok((await accuracy(samples)) > 0.9);
  });

  it('shows that a unit has changed, and what that costs', async () => {
    const before = await accuracy(samples);
    await follow(/send\.py cm/);
    const { radius, ...others } = await verdicts(2 * samples);
    assert.equal(radius, 'drifting');
    assert.ok(!Object.values(others).includes('drifting'));
    await report(2 * samples);
    assert.ok((await accuracy(2 * samples)) < before - 0.05);
    assert.deepEqual(commands, []);
  });
});
