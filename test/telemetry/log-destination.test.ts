import assert from 'node:assert/strict';
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Context } from 'mocha';
import { run } from '../samples/support/child.ts';
import { eventually } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool, skipForLackOf } from '../support/tools.ts';

const writeLog = fileURLToPath(new URL('./programs/write-log.ts', import.meta.url));

type Start = { count: number; stdout: StdioOptions; end?: string; waitAt?: number };

let started: ChildProcess[] = [];

/** Starts the program that logs `count` lines; `report` tells what it found out at its end. */
function start(folder: string, { count, stdout, end = 'close', waitAt = -1 }: Start) {
  const report = join(folder, 'report.json');
  const child = spawn(process.execPath, [writeLog, `${count}`, report, end, `${waitAt}`], { stdio: stdout });
  started.push(child);
  return {
    child,
    report: () => JSON.parse(readFileSync(report, 'utf8')),
    isReady: () => existsSync(report),
    go: () => writeFile(`${report}.go`, ''),
  };
}

/** The two ends of a new named pipe. */
async function openPipe(context: Context, folder: string): Promise<{ reader: number; writer: number }> {
  const path = join(folder, 'fifo');
  await run(requireTool(context, 'mkfifo'), [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY) };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** The numbers of the whole lines in a log; fails on a line that is neither whole nor the last one. */
function numbersIn(log: string): number[] {
  return log
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).i);
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('the log destination', () => {
  afterEach(() => {
    for (const child of started) child.kill('SIGKILL');
    started = [];
  });

  it('writes every line, in order, to a socket, a pipe and a file', async () => {
    await using folder = await temporaryFolder();
    const { child } = start(folder.path, { count: 500, stdout: ['ignore', 'pipe', 'inherit'] });
    const [log, code] = await Promise.all([text(child.stdout as NodeJS.ReadableStream), exitOf(child)]);
    assert.deepEqual(numbersIn(log), upTo(500));
    assert.equal(code, 0);

    const pass = '"$1" -e "process.stdin.pipe(process.stdout)"';
    const command = `"$@" | ${pass} > "$0/piped"; "$@" > "$0/file"`;
    await run('sh', [
      '-c',
      command,
      folder.path,
      process.execPath,
      writeLog,
      '500',
      `${folder.path}/r`,
      'close',
    ]);
    assert.deepEqual(numbersIn(await readFile(join(folder.path, 'piped'), 'utf8')), upTo(500));
    assert.deepEqual(numbersIn(await readFile(join(folder.path, 'file'), 'utf8')), upTo(500));
  });

  for (const kind of ['socket', 'pipe'] as const) {
    it(`neither waits for a ${kind} that nobody reads nor grows, and allows the process to end`, async function () {
      await using folder = await temporaryFolder();
      const { reader, writer } = await openPipe(this, folder.path);
      const stdout = kind === 'pipe' ? writer : 'pipe';
      const { child, report } = start(folder.path, {
        count: 5000,
        stdout: ['ignore', stdout, 'inherit'],
        end: 'giveUp',
      });
      closeSync(writer);
      try {
        assert.equal(await exitOf(child), 0);
      } finally {
        closeSync(reader);
      }
      const { droppedLines } = report();
      // 1 MiB may wait, and the operating system holds some; what waited at the end is dropped too.
      assert.ok(droppedLines > 4000 && droppedLines <= 5000, `${droppedLines}`);
    });
  }

  it('writes again, whole lines only, to a reader that reads again', async function () {
    await using folder = await temporaryFolder();
    const { reader, writer } = await openPipe(this, folder.path);
    const stdout: StdioOptions = ['ignore', writer, 'inherit'];
    const { child, report, isReady, go } = start(folder.path, { count: 3050, stdout, waitAt: 3000 });
    closeSync(writer);
    await eventually(async () =>
      assert.ok(await isReady(), 'it waits with a part of its lines, the rest being dropped'),
    );
    let log = '';
    const reading = new Socket({ fd: reader }).setEncoding('utf8').on('data', (data) => {
      log += data;
    });
    await eventually(() => assert.ok(log.length > 1_000_000, 'most of what waited is read'));
    const ended = once(reading, 'end');
    await go();
    await Promise.all([ended, exitOf(child)]);
    const numbers = numbersIn(log);
    assert.equal(numbers.length + report().droppedLines, 3050);
    assert.ok(report().droppedLines > 1000);
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
    assert.deepEqual(numbers.slice(-50), upTo(3050).slice(-50));
  });

  it('drops and counts when the reader is gone', async function () {
    for (const kind of ['socket', 'pipe'] as const) {
      await using folder = await temporaryFolder();
      const { reader, writer } = await openPipe(this, folder.path);
      const stdout = kind === 'pipe' ? writer : 'pipe';
      const { child, report, go } = start(folder.path, {
        count: 300,
        stdout: ['ignore', stdout, 'inherit'],
        waitAt: 0,
      });
      closeSync(writer);
      closeSync(reader);
      child.stdout?.destroy();
      await go();
      assert.equal(await exitOf(child), 0);
      assert.equal(report().droppedLines, 300, kind);
    }
  });

  it('drops and counts on a full disk', async function () {
    if (!existsSync('/dev/full')) skipForLackOf(this, 'there is no /dev/full');
    await using folder = await temporaryFolder();
    const report = join(folder.path, 'r');
    await run('sh', ['-c', '"$@" > /dev/full', 'sh', process.execPath, writeLog, '300', report, 'close']);
    assert.equal(JSON.parse(await readFile(report, 'utf8')).droppedLines, 300);
  });

  it('starts on a new line after a file accepted part of one', async () => {
    await using folder = await temporaryFolder();
    const command = 'ulimit -f 16; exec "$@" > "$0/file"';
    const report = join(folder.path, 'r');
    await run('sh', ['-c', command, folder.path, process.execPath, writeLog, '300', report, 'close']);
    const lines = (await readFile(join(folder.path, 'file'), 'utf8')).split('\n');
    assert.ok(lines.length < 30);
    for (const line of lines.slice(0, -1)) JSON.parse(line);
    const { droppedLines } = JSON.parse(await readFile(report, 'utf8'));
    assert.ok(droppedLines >= 300 - lines.length, `${droppedLines}`);
  });

  for (const end of ['exit', 'throw']) {
    it(`writes the last lines of a process that ends by ${end}`, async () => {
      await using folder = await temporaryFolder();
      const { child } = start(folder.path, { count: 20, end, stdout: ['ignore', 'pipe', 'ignore'] });
      const [log, code] = await Promise.all([text(child.stdout as NodeJS.ReadableStream), exitOf(child)]);
      assert.deepEqual(numbersIn(log), upTo(20));
      assert.equal(code, end === 'exit' ? 3 : 1);
    });
  }

  describe('on a terminal', () => {
    const quoted = (args: string[]) => args.map((arg) => `'${arg}'`).join(' ');
    const inTerminal = (script: string, args: string[]) => run(script, ['-qec', quoted(args), '/dev/null']);

    it('is readable', async function () {
      const script = requireTool(this, 'script');
      await using folder = await temporaryFolder();
      const log = await inTerminal(script, [
        process.execPath,
        writeLog,
        '2',
        join(folder.path, 'r'),
        'close',
      ]);
      assert.match(log, /INFO.*\(credit-api\).*a line/);
      assert.doesNotMatch(log, /\{"level"/);
    });

    it('is JSON without pino-pretty', async function () {
      const script = requireTool(this, 'script');
      await using folder = await temporaryFolder();
      const hook = `import { registerHooks } from 'node:module';
        registerHooks({ resolve(name, context, next) {
          if (name === 'pino-pretty') throw new Error('not installed');
          return next(name, context);
        } });`;
      const without = join(folder.path, 'without.mjs');
      await writeFile(without, hook);
      const program = [process.execPath, '--import', without, writeLog, '2', join(folder.path, 'r'), 'close'];
      const log = await inTerminal(script, program);
      assert.deepEqual(numbersIn(log.replaceAll('\r', '')), [0, 1]);
    });

    it('does not wait for one that is paused', async function () {
      const script = requireTool(this, 'script');
      await using folder = await temporaryFolder();
      const report = join(folder.path, 'report.json');
      const program = quoted([process.execPath, writeLog, '5000', report, 'giveUp', '0']);
      const terminal = spawn(script, ['-qec', program, '/dev/null'], { stdio: 'ignore' });
      started.push(terminal);
      const told = () => readFile(report, 'utf8').then(JSON.parse, () => ({}));
      try {
        await eventually(async () => assert.equal((await told()).ready, true));
        terminal.kill('SIGSTOP');
        await writeFile(`${report}.go`, '');
        await eventually(async () => assert.ok((await told()).droppedLines !== undefined, 'it is done'));
        assert.ok((await told()).droppedLines > 3000);
      } finally {
        terminal.kill('SIGCONT');
      }
      assert.equal(await exitOf(terminal), 0);
    });
  });
});
