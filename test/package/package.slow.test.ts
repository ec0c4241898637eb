import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commands } from '../../src/cli/commands.ts';
import { asUsedHere, makeProject, packPackage } from '../support/packed-package.ts';
import { postJson, root } from '../support/service.ts';

const run = promisify(execFile);

describe('the npm package', () => {
  let project: Awaited<ReturnType<typeof makeProject>>;

  /** Runs Node in the project. */
  const node = (args: readonly string[], env: Record<string, string> = {}) =>
    run(process.execPath, args, { cwd: project.folder, env: { ...process.env, ...env } });
  const vigia = (...args: string[]) => node(['node_modules/vigia/bin/vigia.cjs', ...args]);

  before(async function () {
    project = await makeProject(
      this,
      asUsedHere(
        'koa',
        '@koa/bodyparser',
        'express',
        'fastify',
        '@opentelemetry/sdk-metrics',
        'typescript',
        '@types/node',
        '@types/koa',
        '@types/express',
      ),
    );
  });
  after(() => project?.remove());

  it('is small, and holds what runs, its types, documents and licence, and nothing else', async function () {
    const { paths, bytes } = await packPackage(this);
    assert.ok(bytes < 1_500_000, `${bytes} bytes`);
    for (const path of ['package.json', 'README.md', 'LICENSE', 'bin/vigia.cjs', 'dist/docs/alerts.md']) {
      assert.ok(paths.includes(path), path);
    }
    const other =
      /^(README\.pt-BR\.md|grafana\/import\/.*\.json|dist\/(data|deploy|docs|models|otel|src)\/.*)$/;
    const extra = paths.filter((path) => path.includes('/') && !path.startsWith('bin/') && !other.test(path));
    assert.deepEqual(extra, ['dist/package.json']);
    assert.deepEqual(
      paths.filter((path) => /(?<!\.d)\.ts$|\.test\.|dashboards-src/.test(path)),
      [],
    );
  });

  it('brings one API of OpenTelemetry, which it shares with the program', async () => {
    const copies = globSync('node_modules/**/@opentelemetry/api/package.json', { cwd: project.folder });
    assert.deepEqual(copies, ['node_modules/@opentelemetry/api/package.json']);
  });

  it('has the command, with every one of its commands', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    assert.equal((await vigia('--version')).stdout, `vigia ${version}\n`);
    for (const { name } of commands) {
      assert.match((await vigia(name, '--help')).stdout, new RegExp(`^Usage: vigia ${name}\\b`));
    }
  });

  it('trains, profiles, reports drift and writes rules', async () => {
    const { stdout } = await vigia('train');
    assert.match(stdout, /written +models\/credit\.json/);
    const rows = Array.from({ length: 300 }, (_, i) => `${i % 40},${i % 3},${(i % 10) / 10},${i % 2}`);
    await writeFile(join(project.folder, 'scored.csv'), ['a,b,p,outcome', ...rows].join('\n'));
    const profile = ['--data', 'scored.csv', '--name', 'own', '--score', 'p', '--target', 'outcome'];
    assert.match((await vigia('profile', ...profile, '--positive', '1')).stdout, /models\/own\.json/);
    const files = ['--reference', 'scored.csv', '--live', 'scored.csv', '--html', 'drift.html'];
    assert.match((await vigia('drift', ...files)).stdout, /drift/);
    assert.ok((await vigia('rules')).stdout.includes('- alert: '));
  });

  it('serves the model that was trained, with the runbook, and stops on SIGTERM', async () => {
    const settings = { PORT: '0', ADMIN_PORT: '0', MODEL_PATH: 'models/credit.json' };
    const env = { ...process.env, ...settings, MAX_EVENT_LOOP_DELAY_MS: '5000' };
    const service = spawn(process.execPath, ['node_modules/vigia/bin/vigia.cjs', 'serve'], {
      cwd: project.folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    const ready = new Promise<void>((resolve) => {
      service.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (/^Try .*\n/m.test(said)) resolve();
      });
    });
    const closed = once(service, 'close');
    try {
      await Promise.race([ready, closed]);
      const [, api] = /^API +(\S+)/m.exec(said) ?? assert.fail(said);
      const [, admin] = /^Admin +(\S+)/m.exec(said) ?? assert.fail(said);
      const { status, body } = await postJson(`${api}/predict`, { age: 33, limit: 2319.5, history: 'none' });
      assert.equal(status, 200);
      assert.equal(body.model.name, 'credit');
      for (const path of ['', 'docs', 'runbook', 'runbook/drift', 'metrics']) {
        assert.equal((await fetch(`${admin}/${path}`)).status, 200, path);
      }
    } finally {
      service.kill('SIGTERM');
    }
    assert.deepEqual(await closed, [0, null]);
  });

  it('runs in a program with Koa, Express, Fastify, a batch job and an SDK, whose types are checked', async () => {
    const folder = join(project.folder, 'program');
    await cp(join(root, 'test/package/consumer'), folder, { recursive: true });
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      target: 'es2024',
      module: 'nodenext',
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const types = await node(['node_modules/typescript/bin/tsc', '--project', 'program']).catch(
      (error) => error,
    );
    // @types/koa is at odds with the types of a package of its own
    const faults = types.stdout
      .split('\n')
      .filter((line: string) => !line.startsWith('node_modules/@types/'));
    assert.deepEqual(faults, ['']);
    const { stdout } = await node(['program/program.ts']);
    assert.match(stdout, /^Express: 10 .*\nKoa: 10 .*\nFastify: 10 .*\nbatch: 600 .*\nSDK: \d+ metrics\n$/);
  });

  it('says which Node is needed on an older one, as command and as library', async () => {
    const NODE_OPTIONS = `--require ${join(root, 'test/support/programs/node-20.cjs')}`;
    const message =
      'vigia: needs Node.js 24.11.1 or newer, and this is 20.20.2: install it from https://nodejs.org';
    for (const { name } of commands) {
      const { code, stderr } = await node(['node_modules/vigia/bin/vigia.cjs', name], { NODE_OPTIONS }).catch(
        (error) => error,
      );
      assert.equal(stderr, `${message}\n`);
      assert.equal(code, 1);
    }
    await mkdir(join(project.folder, 'old'));
    await writeFile(join(project.folder, 'old/import.js'), `await import('vigia');`);
    await assert.rejects(node(['old/import.js'], { NODE_OPTIONS }), ({ stderr }: { stderr: string }) =>
      stderr.includes(`Error: ${message}\n`),
    );
  });
});
