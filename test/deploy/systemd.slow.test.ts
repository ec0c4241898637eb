import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readCodeBlocks } from '../docs/code-blocks.ts';
import { creditVersions } from '../support/model-versions.ts';
import { packPackage } from '../support/packed-package.ts';
import { eventually, root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool, skipForLackOf } from '../support/tools.ts';

const run = promisify(execFile);
const unit = join(root, 'deploy/systemd/vigia.service');
/** What the machine of test/support/programs starts. */
const systemd = '/lib/systemd/systemd';
/** As in systemd's list of features that a service can do without; 10 is the worst. */
const mostExposure = 1.5;

describe('the unit for systemd', () => {
  let analyze: string;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async function () {
    analyze = requireTool(this, 'systemd-analyze');
    folder = await temporaryFolder();
  });
  after(() => folder?.[Symbol.asyncDispose]());

  it('is one that systemd understands', async () => {
    // the program is not installed here
    const text = (await readFile(unit, 'utf8')).replace('ExecStart=vigia', 'ExecStart=/usr/bin/env vigia');
    const { stderr } = await run(analyze, ['verify', await folder.write('vigia.service', text)]);
    assert.equal(stderr, '');
    const broken = await folder.write('broken.service', text.replace('ProtectClock', 'ProtectClocks'));
    assert.match((await run(analyze, ['verify', broken])).stderr, /ProtectClocks/);
  });

  it('exposes little', async () => {
    const args = ['security', '--offline=true', `--threshold=${mostExposure * 10}`];
    const { stdout } = await run(analyze, [...args, unit]);
    const [, exposure] = /exposure level for vigia.service: ([\d.]+)/.exec(stdout) ?? [];
    assert.match(
      await readFile(join(root, 'docs/operating.md'), 'utf8'),
      new RegExp(`exposure ${exposure} of`),
    );
  });
});

describe('docs/operating.md, followed on a machine with systemd', function () {
  this.slow(30_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let machine: Machine;
  let commands: readonly string[];
  let first: Prediction;
  let second: Prediction;

  type Prediction = { id: string; model: { version: string } };

  before(async function () {
    for (const name of ['npm', 'unshare', 'nsenter', 'ip', 'curl', 'openssl'] as const)
      requireTool(this, name);
    if (!existsSync(systemd)) skipForLackOf(this, `there is no ${systemd}`);
    folder = await temporaryFolder();
    ({ commands } = await readCodeBlocks('operating.md'));
    const local = join(folder.path, 'local');
    await mkdir(join(local, 'bin'), { recursive: true });
    assert.equal(commands[0], 'npm install --global vigia');
    const { file } = await packPackage(this);
    const args = ['--prefix', local, '--prefer-offline', '--no-audit', '--no-fund'];
    await run('npm', ['install', '--global', file, ...args]);
    await copyFile(process.execPath, join(local, 'bin/node'));
    // the machine has no npm of its own
    await writeFile(join(local, 'bin/npm'), '#!/bin/sh\necho /usr/local/lib/node_modules\n', { mode: 0o755 });
    const versions = await creditVersions(2);
    for (const [i, name] of ['credit', 'new'].entries())
      await writeFile(join(local, `${name}.json`), JSON.stringify(versions[i]));
    machine = await startMachine(local);
    await machine.run('cp /usr/local/*.json .');
  });
  after(async () => {
    machine?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  /** Runs commands of the page: those from the one that begins so to the one that ends the block. */
  async function follow(from: string, to: string): Promise<string> {
    const begin = commands.findIndex((command) => command.startsWith(from));
    const end = commands.findIndex((command, i) => i >= begin && command.startsWith(to));
    assert.ok(begin >= 0 && end >= 0, `${from} … ${to}`);
    return machine.run(commands.slice(begin, end + 1).join('\n'));
  }

  async function call(url: string, body: unknown): Promise<any> {
    const data = JSON.stringify(body);
    return eventually(async () =>
      JSON.parse(await machine.run(`curl -sS '${url}' -H 'content-type: application/json' -d '${data}'`)),
    );
  }
  const predict = (): Promise<Prediction> =>
    call('http://127.0.0.1:8000/predict', { age: 30, limit: 2000, history: 'good' });
  const report = (id: string) => call('http://127.0.0.1:9464/outcomes', { id, outcome: 'good' });

  it('installs the package and starts it, with all the unit forbids', async () => {
    await follow('useradd', 'systemctl enable');
    first = await predict();
    assert.equal((await report(first.id)).accepted, 1);
    const modes = await machine.run('stat -c "%U %a" /var/lib/vigia /var/lib/vigia/logs/.outcome-key');
    assert.equal(modes, 'vigia 750\nvigia 600\n');
    await eventually(async () =>
      assert.match(await machine.run('journalctl -u vigia -o cat'), /"event":"predict"/),
    );
  });

  it('runs its commands on what the service has stored', async () => {
    await eventually(async () =>
      assert.match(await follow('cd /var/lib/vigia', 'cd /var/lib/vigia'), /age 30, limit 2000/),
    );
  });

  it('loads another version of the model', async () => {
    await machine.run('install -m 0644 new.json /etc/vigia/models/credit.json');
    await machine.run('systemctl reload vigia');
    await eventually(async () => {
      second = await predict();
      assert.notEqual(second.model.version, first.model.version);
    });
  });

  it('starts again after it was killed', async () => {
    await machine.run('systemctl kill --signal=KILL vigia');
    assert.ok((await predict()).id);
    assert.match(await machine.run('systemctl show -p NRestarts vigia'), /NRestarts=1/);
  });

  it('takes settings and a secret of your own', async () => {
    await follow('openssl rand', 'systemctl restart');
    const secret = '"$(cat /etc/vigia/outcomes-token)"';
    const answer = await eventually(() =>
      machine.run(`curl -sS http://127.0.0.1:8000/outcomes -H "authorization: Bearer "${secret} -d '{}'`),
    );
    assert.match(answer, /unsupported-media-type/);
  });

  it('is saved, and restored on a machine that has lost everything', async () => {
    await follow('systemctl stop', 'systemctl start');
    assert.match(await machine.run('systemctl show -p Result vigia'), /Result=success/);
    await machine.run('systemctl stop vigia; rm -rf /var/lib/vigia /etc/vigia');
    const [stop, unpack, start] = commands.slice(
      commands.findIndex((one) => one.startsWith('tar -C / -x')) - 1,
    );
    await machine.run([stop, unpack, start].join('\n'));
    const third = await predict();
    assert.equal(third.model.version, second.model.version);
    assert.equal((await report(first.id)).duplicate, 1);
    assert.equal((await report(second.id)).accepted, 1);
    const samples = await machine.run('grep -c "" /var/lib/vigia/logs/input_samples.jsonl');
    assert.ok(Number(samples) >= 2);
  });
});

type Machine = {
  /** Runs commands of a shell as root, in a folder of their own; returns what they print. */
  run(script: string): Promise<string>;
  stop(): void;
};

async function startMachine(local: string): Promise<Machine> {
  const namespaces = ['pid', 'mount', 'ipc', 'uts', 'net', 'cgroup'].map((name) => `--${name}`);
  const program = join(root, 'test/support/programs/systemd-machine.sh');
  const child = spawn('unshare', [
    ...namespaces,
    '--fork',
    '--kill-child',
    '--mount-proc',
    'sh',
    program,
    local,
  ]);
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const machine: Machine = {
    async run(script) {
      const first = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim();
      const inside = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
      const path = 'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
      const command = ['env', '-i', path, 'sh', '-e', '-c', `cd /root\n${script}`];
      return (await run('nsenter', ['--target', first, ...inside, ...command], { timeout: 60_000 })).stdout;
    },
    stop: () => child.kill('SIGKILL'),
  };
  await eventually(async () => {
    assert.equal(child.exitCode, null, said);
    assert.match(await machine.run('systemctl is-active test.target'), /^active/);
  });
  return machine;
}
