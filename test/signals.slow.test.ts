import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFile } from '../src/files/file-lock.ts';
import { halfSent } from './support/raw-connection.ts';
import { eventually, postJson, readJsonLines, root, startTestService } from './support/service.ts';
import { catches, childOf } from './support/signals.ts';
import { requireTool, skipForLackOf } from './support/tools.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const service = [process.execPath, '--import', './otel/register.ts', 'src/server.ts'];
const asProcess1 = ['unshare', '--pid', '--fork', '--kill-child'];

/** A service that may not have started yet, in a process group of its own. */
type Started = {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  stderr(): string;
  stdout(): string;
  url(name: 'API' | 'Admin'): Promise<string>;
};

const started: Started[] = [];

async function start(command: readonly string[], env: Record<string, string> = {}): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
  const child = spawn(command[0], command.slice(1), {
    cwd: root,
    detached: true,
    env: {
      ...process.env,
      PORT: '0',
      ADMIN_PORT: '0',
      SAMPLES_PATH: join(folder, 'samples.jsonl'),
      OUTCOMES_PATH: join(folder, 'outcomes.jsonl'),
      // requests in flight stay so, however slow the machine
      MAX_EVENT_LOOP_DELAY_MS: '5000',
      SHUTDOWN_TIMEOUT_MS: '20000',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const ready = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (/^Try /m.test(stderr)) resolve();
    });
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const one: Started = {
    child,
    folder,
    ended,
    stderr: () => stderr,
    stdout: () => stdout,
    async url(name) {
      await Promise.race([ready, ended.then(({ code }) => assert.fail(`ended with ${code}: ${stderr}`))]);
      return new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(stderr)?.[1] ?? '';
    },
  };
  started.push(one);
  return one;
}

function signalGroup({ child }: Started, name: NodeJS.Signals): void {
  process.kill(-(child.pid as number), name);
}

function descendants(pid: number): number[] {
  const child = childOf(pid);
  return child === undefined ? [] : [child, ...descendants(child)];
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

afterEach(async () => {
  for (const one of started.splice(0)) {
    try {
      signalGroup(one, 'SIGKILL');
    } catch {
      // it has ended
    }
    await one.ended;
    await rm(one.folder, { recursive: true, force: true });
  }
});

describe('signals to `npm start`', () => {
  const cases: [string, (one: Started) => void][] = [
    ['Ctrl-C in its terminal, which npm hands on once more', (one) => signalGroup(one, 'SIGINT')],
    [
      'Ctrl-C twice',
      (one) => {
        signalGroup(one, 'SIGINT');
        signalGroup(one, 'SIGINT');
      },
    ],
    ['SIGTERM to its process group', (one) => signalGroup(one, 'SIGTERM')],
    ['SIGTERM to npm alone', ({ child }) => process.kill(child.pid as number, 'SIGTERM')],
  ];
  for (const shell of ['dash', 'bash'] as const) {
    for (const [what, send] of cases) {
      it(`end the service where sh is ${shell}, with nothing lost: ${what}`, async function () {
        requireTool(this, 'npm');
        const one = await start(['npm', 'start'], { npm_config_script_shell: requireTool(this, shell) });
        const api = await one.url('API');
        await Promise.all(Array.from({ length: 50 }, () => postJson(`${api}/predict`, row)));
        const late = await halfSent(api, row);
        send(one);
        await eventually(() => assert.rejects(fetch(`${api}/health`)));
        late.finish();
        assert.match(await late.closed, /HTTP\/1\.1 200 OK/);
        assert.deepEqual(await one.ended, { code: 0, signal: null });
        assert.equal((await readJsonLines(join(one.folder, 'samples.jsonl'))).length, 51);
        await assert.rejects(fetch(`${api}/health`));
      });
    }

    it(`reload the model where sh is ${shell}: SIGHUP to the process that npm started`, async function () {
      requireTool(this, 'npm');
      const one = await start(['npm', 'start'], { npm_config_script_shell: requireTool(this, shell) });
      await one.url('API');
      process.kill(childOf(one.child.pid as number) as number, 'SIGHUP');
      await eventually(() => assert.match(one.stdout(), /"event":"reload".*is the same as before/));
    });
  }
});

describe('the terminal that the service was started in', () => {
  const node = service.join(' ');
  /** Kills the process that holds the terminal open. */
  const close = (script: number) => {
    process.kill(script, 'SIGKILL');
    return script;
  };
  const killShell = (script: number) => {
    // it would close the terminal as soon as its shell has ended
    process.kill(script, 'SIGSTOP');
    const shell = childOf(script) as number;
    process.kill(shell, 'SIGKILL');
    return shell;
  };
  const ends: [string, string, kill: (script: number) => number][] = [
    ['it is closed: npm start', 'npm start', close],
    ['it is closed: node', `exec ${node}`, close],
    ['its shell is killed', `${node}; exit`, killShell],
  ];
  for (const [what, command, kill] of ends) {
    it(`ends the service with nothing lost when ${what}`, async function () {
      if (process.platform !== 'linux') skipForLackOf(this, 'there is no /proc');
      requireTool(this, 'npm');
      const script = requireTool(this, 'script');
      const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
      const log = join(folder, 'terminal');
      const one = await start([script, '-qefc', command, log]);
      const said = () => readFile(log, 'utf8');
      const api = await eventually(async () => {
        assert.match(await said(), /^Try /m);
        return /^API\s+(\S+)/m.exec(await said())?.[1] ?? '';
      });
      await Promise.all(Array.from({ length: 20 }, () => postJson(`${api}/predict`, row)));
      const all = descendants(one.child.pid as number);
      const killed = kill(one.child.pid as number);
      const inTerminal = all.filter((pid) => pid !== killed);
      try {
        await eventually(() => assert.deepEqual(inTerminal.filter(isRunning), []));
        assert.equal((await readJsonLines(join(one.folder, 'samples.jsonl'))).length, 20);
      } finally {
        for (const pid of inTerminal.filter(isRunning)) process.kill(pid, 'SIGKILL');
        await rm(folder, { recursive: true });
      }
    });
  }

  it('does not end it where its standard input is redirected', async function () {
    if (process.platform !== 'linux') skipForLackOf(this, 'there is no /proc');
    const script = requireTool(this, 'script');
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const log = join(folder, 'log');
    const command = `exec ${service.join(' ')} < /dev/null > ${log} 2>&1`;
    const one = await start([script, '-qefc', command, '/dev/null']);
    const said = () => readFile(log, 'utf8');
    await eventually(async () => assert.match(await said(), /^Try /m));
    const pid = childOf(one.child.pid as number) as number;
    try {
      process.kill(one.child.pid as number, 'SIGKILL');
      await eventually(async () => assert.match(await said(), /"reload".*is the same as before/));
      const [, api] = /^API\s+(\S+)/m.exec(await said()) ?? [];
      assert.equal((await postJson(`${api}/predict`, row)).status, 200);
    } finally {
      process.kill(pid, 'SIGKILL');
      await rm(folder, { recursive: true });
    }
  });

  it('is no reason to end if a reload is requested once it has been gone for a while', async function () {
    if (process.platform !== 'linux') skipForLackOf(this, 'there is no /proc');
    const script = requireTool(this, 'script');
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const log = join(folder, 'log');
    const program = `${process.execPath} test/support/programs/report-signals.ts < /dev/tty > ${log} 2>&1`;
    // a separate background job, to which no hang-up is sent
    const one = await start([script, '-qefc', `set -m; ${program} & exec sleep 60`, '/dev/null']);
    const says = (pattern: RegExp) =>
      eventually(async () => {
        const said = await readFile(log, 'utf8');
        assert.match(said, pattern);
        return said;
      });
    const [, pid] = /(\d+)/.exec(await says(/process \d+\n/)) ?? [];
    try {
      process.kill(one.child.pid as number, 'SIGKILL');
      await one.ended;
      process.kill(Number(pid), 'SIGUSR2');
      await says(/a minute later/);
      process.kill(Number(pid), 'SIGHUP');
      assert.doesNotMatch(await says(/reload|stop/), /stop/);
    } finally {
      if (isRunning(Number(pid))) process.kill(Number(pid), 'SIGKILL');
      await rm(folder, { recursive: true });
    }
  });

  it('and is still there may request a reload', async function () {
    if (process.platform !== 'linux') skipForLackOf(this, 'there is no /proc');
    const script = requireTool(this, 'script');
    const one = await start([script, '-qefc', `exec ${service.join(' ')}`, '/dev/null']);
    await eventually(() => assert.match(one.stdout(), /^Try /m));
    const pid = childOf(one.child.pid as number) as number;
    process.kill(pid, 'SIGHUP');
    await eventually(() => assert.match(one.stdout(), /is the same as before/));
    process.kill(pid, 'SIGTERM');
    assert.equal((await one.ended).code, 0);
  });
});

describe('a repeated signal', () => {
  it('does not cut the stop short, however often it comes', async () => {
    const running = await startTestService();
    try {
      await Promise.all(Array.from({ length: 20 }, () => postJson(`${running.api}/predict`, row)));
      const late = await halfSent(running.api, row);
      const ended = running.signal('SIGINT');
      for (const name of ['SIGINT', 'SIGTERM', 'SIGINT', 'SIGTERM'] as const) {
        // each arrives separately: for the kernel, pending ones are the same signal
        await eventually(() => assert.rejects(fetch(`${running.api}/health`)));
        assert.equal((await fetch(`${running.admin}/ready`)).status, 503);
        running.process.kill(name);
      }
      assert.equal((await fetch(`${running.admin}/ready`)).status, 503);
      late.finish();
      assert.match(await late.closed, /HTTP\/1\.1 200 OK/);
      assert.equal((await ended).code, 0);
      assert.equal((await readJsonLines(running.samplesPath)).length, 21);
    } finally {
      await running.stop();
    }
  });
});

for (const [where, launcher] of [
  ['as any process', []],
  ['as process 1', asProcess1],
] as const) {
  describe(`signals during the start, ${where}`, () => {
    before(function () {
      if (process.platform !== 'linux') skipForLackOf(this, 'there is no /proc');
      if (launcher.length > 0) requireTool(this, 'unshare');
      requireTool(this, 'mkfifo');
    });

    /** The id of the process that runs the service. */
    const pidOf = ({ child }: Started) =>
      launcher.length === 0
        ? (child.pid as number)
        : eventually(() => childOf(child.pid as number) ?? assert.fail('not yet started'));

    async function endsCleanly(one: Started): Promise<void> {
      const { code } = await one.ended;
      assert.equal(code, 0, one.stderr());
      assert.equal(one.stderr(), '', 'neither a failure nor an address is told');
      const left = await readdir(one.folder, { recursive: true });
      assert.deepEqual(
        left.filter((name) => name.endsWith('.tmp')),
        [],
      );
    }

    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      it(`end it with 0: ${name} while its modules are loaded`, async () => {
        const one = await start([...launcher, ...service]);
        const pid = await pidOf(one);
        // Node has handlers of its own for SIGTERM and SIGINT, so that theirs tell nothing
        await catches(pid, 'SIGHUP');
        process.kill(pid, name);
        await endsCleanly(one);
      });

      it(`end it with 0: ${name} while the model is read`, async () => {
        const { one, slow } = await startWithSlowModel();
        process.kill(await pidOf(one), name);
        await slow.writeFile(await readFile(join(root, 'models/credit.json')));
        await slow.close();
        await endsCleanly(one);
      });

      it(`end it with 0: ${name} while it waits for a name that another process has`, async () => {
        const volume = await mkdtemp(join(tmpdir(), 'vigia-'));
        const lock = await lockFile(join(volume, '.a.lock'));
        assert.ok(lock);
        const changes = watch(volume);
        try {
          const one = await start([...launcher, ...service], {
            SERVICE_INSTANCE: 'a',
            SAMPLES_PATH: join(volume, '{instance}/samples.jsonl'),
            SHUTDOWN_TIMEOUT_MS: '600000',
          });
          // it tries with a file of its own whether there are locks, and then waits for the one of its name
          await once(changes, 'change');
          process.kill(await pidOf(one), name);
          await endsCleanly(one);
        } finally {
          changes.close();
          lock.release();
          await rm(volume, { recursive: true });
        }
      });
    }

    it('reload the model after it: SIGHUP while its modules are loaded', async () => {
      const one = await start([...launcher, ...service]);
      const pid = await pidOf(one);
      await catches(pid, 'SIGHUP');
      process.kill(pid, 'SIGHUP');
      await one.url('API');
      await eventually(() => assert.match(one.stdout(), /"event":"reload".*is the same as before/));
      process.kill(pid, 'SIGTERM');
      assert.equal((await one.ended).code, 0);
    });

    /** A service that reads its model from a pipe; it has opened it when this resolves. */
    async function startWithSlowModel() {
      const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
      const path = join(folder, 'model.json');
      execFileSync('mkfifo', [path]);
      const one = await start([...launcher, ...service], { MODEL_PATH: path });
      const slow = await open(path, 'w');
      await rm(folder, { recursive: true });
      return { one, slow };
    }
  });
}
