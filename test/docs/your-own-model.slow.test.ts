import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { runRuleTest, spanOf } from '../otel/support/promtool.ts';
import { gauge, type Labels, replicaLabels } from '../otel/support/series.ts';
import { freePort } from '../support/free-port.ts';
import { installPythonClient, requirePythonEnvironment } from '../support/python-environment.ts';
import {
  eventually,
  postJson,
  root,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';
import { type CodeBlocks, readCodeBlocks } from './code-blocks.ts';

const run = promisify(execFile);

/** As many customers come in each of the two units of `traffic.py`. */
const customers = 600;

describe('docs/your-own-model.md, followed from top to bottom', function () {
  this.slow(30_000);
  let page: CodeBlocks;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let env: NodeJS.ProcessEnv;
  let python: string;
  let appPort: number;
  let service: TestService;
  let app: ChildProcess;
  /** What the service exposed before the traffic, between its two parts, and after it. */
  const expositions: string[] = [];

  /** Runs the one command of the page that begins so, in the folder that it is meant for, by a shell. */
  async function follow(where: 'vigia' | 'churn', beginning: string): Promise<string> {
    const found = page.commands.filter((command) => command.startsWith(beginning));
    assert.equal(found.length, 1, `${beginning}: ${found.length} commands`);
    const { stdout } = await run('sh', ['-c', found[0]], { cwd: join(folder.path, where), env });
    return stdout;
  }

  async function readJson(path: string): Promise<any> {
    return (await fetch(`${service.admin}${path}`)).json();
  }

  async function scrape(): Promise<string> {
    return (await fetch(`${service.admin}/metrics`)).text();
  }

  /** The verdicts of the last ten minutes, once all of these rows are counted. */
  async function verdicts(rows: number): Promise<Record<string, string>> {
    return eventually(async () => {
      const { features, score } = (await readJson('/drift')).windows['10m'];
      const variables: { name: string; verdict: string; samples: number }[] = [...features, score];
      for (const { name, samples } of variables) assert.equal(samples, rows, name);
      return Object.fromEntries(variables.map(({ name, verdict }) => [name, verdict]));
    });
  }

  /** Sends the labels of a unit once the samples of all rows so far, with which they are joined, are written. */
  async function sendLabels(unit: 'euros' | 'cents', rows: number): Promise<void> {
    await eventually(async () => {
      const samples = (await readFile(service.samplesPath, 'utf8')).split('\n').filter(Boolean);
      assert.equal(samples.length, rows);
    });
    await follow('vigia', `npm run outcomes -- --data ../churn/labels-${unit}.csv`);
  }

  /** The realised AUC of all outcomes, once there are a given number of them. */
  async function realisedAuc(outcomes: number): Promise<{ value: number; maxError: number }> {
    return eventually(async () => {
      const { realised } = (await readJson('/performance')).models[0].sinceStart;
      assert.equal(realised.samples, outcomes);
      return realised.rocAuc;
    });
  }

  async function aucOfScikitLearn(rows: number, ...units: string[]): Promise<number> {
    const tables = units.map((unit) => join(folder.path, 'churn', `labels-${unit}.csv`));
    const program = join(root, 'test/docs/roc_auc.py');
    const { stdout } = await run(python, [program, service.samplesPath, ...tables], { env });
    const [auc, known] = stdout.trim().split(' ').map(Number);
    assert.equal(known, rows);
    return auc;
  }

  before(async function () {
    python = await requirePythonEnvironment(this, join(root, 'test/clients/requirements.txt'));
    requireTool(this, 'npm');
    page = await readCodeBlocks('your-own-model.md');
    folder = await temporaryFolder();
    const [vigia, churn, bin, packages] = ['vigia', 'churn', 'bin', 'packages'].map((name) =>
      join(folder.path, name),
    );
    await Promise.all([vigia, churn, bin].map((path) => mkdir(path)));
    // a clone, but for what commands write
    for (const name of ['package.json', 'node_modules', 'otel', 'src', 'bin']) {
      await symlink(join(root, name), join(vigia, name));
    }
    // the environment's own script names the folder where it was made
    await writeFile(join(bin, 'uvicorn'), '#!/bin/sh\nexec python -m uvicorn "$@"\n', { mode: 0o755 });
    await installPythonClient(python, packages);
    env = {
      ...process.env,
      PATH: [bin, dirname(python), process.env.PATH].join(delimiter),
      PYTHONPATH: packages,
      PYTHONDONTWRITEBYTECODE: '1',
      npm_config_update_notifier: 'false',
    };
    appPort = await freePort();
  });
  after(async () => {
    if (app?.exitCode === null && app.kill('SIGKILL')) await once(app, 'exit');
    await Promise.all([service?.stop(), folder?.[Symbol.asyncDispose]()]);
  });

  it('has programs in the style of the client’s', async () => {
    for (const [name, code] of page.programs) {
      await writeFile(join(folder.path, 'churn', name), code);
    }
    const args = ['--isolated', '--no-cache', '--line-length', '120'];
    const ruff = (...more: string[]) =>
      run(python, ['-m', 'ruff', ...more, ...args, '.'], { env, cwd: join(folder.path, 'churn') });
    await ruff('check', '--select', 'B,E,F,I,UP');
    await ruff('format', '--check');
  });

  it('makes a model file of held-out scores, and starts with it', async () => {
    await follow('churn', 'python fit.py');
    const said = await follow('vigia', 'npm run profile -- --data ../churn/scored.csv');
    assert.match(said, /^features +tenure, charges, contract \(categories\)$/m);
    const [, path] = /^MODEL_PATH=(\S+) npm start$/m.exec(page.commands.join('\n')) ?? [];
    service = await startTestService({ MODEL_PATH: join(folder.path, 'vigia', path) });
    Object.assign(env, {
      ADMIN_PORT: new URL(service.admin).port,
      SAMPLES_PATH: service.samplesPath,
    });
    expositions.push(await scrape());
  });

  it('watches what FastAPI answers', async () => {
    for (const [name, code] of page.programs) {
      const here = code
        .replaceAll('http://127.0.0.1:9464', service.admin)
        .replaceAll('8001', String(appPort));
      await writeFile(join(folder.path, 'churn', name), here);
    }
    const [command] = page.commands.filter((line) => line.startsWith('uvicorn '));
    app = spawn('sh', ['-c', `exec ${command.replace('8001', String(appPort))}`], {
      cwd: join(folder.path, 'churn'),
      env,
      stdio: 'ignore',
    });
    await eventually(() => fetch(`http://127.0.0.1:${appPort}/openapi.json`), 60_000);
    await follow('churn', 'python traffic.py euros');
    const stable = { tenure: 'stable', charges: 'stable', contract: 'stable', '(score)': 'stable' };
    assert.deepEqual(await verdicts(customers), stable);
    expositions.push(await scrape());
  });

  it('joins labels by key, and realises the AUC that scikit-learn computes', async () => {
    await sendLabels('euros', customers);
    const { value, maxError } = await realisedAuc(customers);
    const auc = await aucOfScikitLearn(customers, 'euros');
    assert.ok(maxError < 0.02, `${maxError}`);
    assert.ok(Math.abs(value - auc) <= maxError, `${value} ± ${maxError}, ${auc}`);
  });

  it('finds the drift of the feature whose unit has changed', async () => {
    await follow('churn', 'python traffic.py cents');
    assert.deepEqual(await verdicts(2 * customers), {
      tenure: 'stable',
      charges: 'drifting',
      contract: 'stable',
      '(score)': 'drifting',
    });
    const text = await (await fetch(`${service.admin}/`)).text();
    assert.match(text, /drifts in the last 10 minutes: charges/);
    expositions.push(await scrape());
  });

  it('shows what the change has cost, and that the estimate does not detect it', async () => {
    await sendLabels('cents', 2 * customers);
    const { value, maxError } = await realisedAuc(2 * customers);
    const auc = await aucOfScikitLearn(2 * customers, 'euros', 'cents');
    assert.ok(Math.abs(value - auc) <= maxError, `${value} ± ${maxError}, ${auc}`);
    const { estimated } = (await readJson('/performance')).models[0].sinceStart;
    assert.ok(estimated.rocAuc.value > value + 0.2);
    assert.equal(estimated.trust.isTrusted, false);
    assert.match(estimated.trust.reasons.join(), /charges lies outside the range of the reference/);
  });

  it('raises the alert that the page names, for this feature alone', async function () {
    const promtool = requireTool(this, 'promtool');
    const span = spanOf('minute', '20m');
    // what is exposed at the start, after five minutes, and after eight
    const at = ['0m', '5m', '8m'];
    const series = driftSeries(expositions).map(({ metric, labels, values }) => ({
      metric,
      labels: { ...labels, ...replicaLabels(0) },
      values: gauge(
        values.map((value, i) => [at[i], value]),
        span,
      ),
    }));
    assert.ok(series.length > 0);
    const firing = (time: string, ...features: string[]) => ({
      at: time,
      expr: 'count by (model, feature) (ALERTS{alertname="ModelFeatureDriftFast", alertstate="firing"})',
      samples: features.map((feature) => ({ labels: `{feature="${feature}", model="churn"}`, value: 1 })),
    });
    await runRuleTest(promtool, {
      name: 'the change of a unit',
      files: ['model-drift'],
      pace: 'minute',
      series,
      // three minutes after it
      queries: [firing('7m'), firing('11m', 'charges')],
    });
  });

  it('watches a nightly batch', async () => {
    const before =
      seriesValue(await scrape(), 'model_feature_value_count', { feature: 'tenure' }) ?? Number.NaN;
    assert.equal(await follow('churn', 'python nightly.py'), '1500 accepted, 0 refused []\n');
    const after = seriesValue(await scrape(), 'model_feature_value_count', { feature: 'tenure' });
    assert.equal(after, before + 1500);
  });

  it('prints a working example of an observation when the service starts', async () => {
    assert.match(service.stderr(), /^Model +churn \w+, 3 features, only watched$/m);
    const [, url, body] = /^Try +curl (\S+) .* -d '(.*)'$/m.exec(service.stderr()) ?? [];
    const { status } = await postJson(url, body);
    assert.equal(status, 202);
  });
});

/** The series of drift that are exposed, each with its value in every exposition. */
function driftSeries(
  expositions: readonly string[],
): { readonly metric: string; readonly labels: Labels; readonly values: readonly number[] }[] {
  const values = Map.groupBy(
    expositions.flatMap((text) => [
      ...text.matchAll(/^(model_feature_(?:bin_|reference_)\w+\{.*\}) (\S+)$/gm),
    ]),
    ([, series]) => series,
  );
  return [...values].map(([series, found]) => ({
    metric: series.slice(0, series.indexOf('{')),
    labels: Object.fromEntries(
      [...series.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]),
    ),
    values: found.map(([, , value]) => Number(value)),
  }));
}
