import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { escapeLine } from '../../src/text/terminal.ts';
import { type Ended, runCommand } from '../report/run-command.ts';
import { eventually, postJson, root, startTestService } from '../support/service.ts';
import { childOf } from '../support/signals.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';
import { assertHarmless, esc, hostile } from './hostile-texts.ts';

describe('names, values and messages of others', () => {
  const q = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const texts = Object.values(hostile).map(([text]) => text.toWellFormed());
  // a table's reader makes every line break in a cell the same
  const names = texts.map((text, i) => `n${i}${text.replaceAll('\r', '\n')}`);
  const [good, bad] = [`good${esc}[32m\u202e`, `bad\u009b31m\nforged line`];
  const categories = [`x${esc}[1m`, 'y\u202ez', 'plain'];
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let table: string;
  let model: string;
  let samples: string;
  let outcomes: string;
  const said: Record<string, string> = {};

  const tableRow = (i: number) => [
    ...names.map((_, j) => (((i * 37 + j * 11) % 101) / 101).toFixed(3)),
    q(categories[i % 3]),
    q((i * 37) % 101 < 40 + (i % 3) * 10 ? good : bad),
  ];
  const input = (i: number, cat: string) => ({
    ...Object.fromEntries(names.map((name, j) => [name, ((i * 31 + j) % 97) / 97])),
    cat,
  });

  before(async () => {
    folder = await temporaryFolder();
    const header = [...names.map(q), 'cat', 'outcome'];
    const rows = Array.from({ length: 300 }, (_, i) => tableRow(i));
    table = await folder.write(
      `rows\u202e.csv`,
      [header, ...rows].map((cells) => `${cells.join(',')}\n`).join(''),
    );
    model = join(folder.path, `m${esc}]0;owned\u0007.json`);
    const trained = await runCommand('train', [
      ...['--data', table, '--target', 'outcome', '--positive', bad, '--out', model],
      ...['--name', `m\u009b2J${esc}[2J`, '--protected', 'cat'],
    ]);
    assert.equal(trained.code, 0, trained.stderr);
    said.train = trained.stdout + trained.stderr;
    samples = join(folder.path, 's.jsonl');
    outcomes = join(folder.path, 'o.jsonl');
    const service = await startTestService({
      MODEL_PATH: model,
      SAMPLES_PATH: samples,
      OUTCOMES_PATH: outcomes,
    });
    let log = '';
    service.process.stdout?.on('data', (text: string) => {
      log += text;
    });
    try {
      for (let i = 0; i < 120; i++) {
        const { status, body } = await postJson(
          `${service.api}/predict`,
          input(i, texts[i % texts.length] ?? ''),
        );
        assert.equal(status, 200, JSON.stringify(body));
        await postJson(`${service.admin}/outcomes`, { id: body.id, outcome: i % 2 ? good : bad });
      }
      await service.signal('SIGTERM');
      said.service = service.stderr();
      said.log = service
        .logLines()
        .map((line) => JSON.stringify(line))
        .join('');
      said.rawLog = log;
    } finally {
      await service.stop();
    }
  });
  after(() => folder?.[Symbol.asyncDispose]());

  /** What a command says, of which nothing may be obeyed and some must have been escaped. */
  function check(text: string, escaped: string): void {
    assert.ok(text.includes(escaped), escapeLine(text));
    assertHarmless(text);
  }
  const all = ({ stdout, stderr }: Ended) => stdout + stderr;

  it('are shown harmlessly by train, and at the start of the service', () => {
    check(said.train, String.raw`n0\u{1b}[2J`);
    check(said.service, String.raw`m\u{9b}2J\u{1b}[2J`);
    check(said.service, String.raw`m\u{9b}2J`);
    const example = /-d '(.*)'$/m.exec(said.service)?.[1].replaceAll(String.raw`'\''`, "'") ?? '';
    assert.deepEqual(Object.keys(JSON.parse(example)), [...names, 'cat'], 'the request to try is right');
  });

  const commands = (): [name: string, args: string[], escaped: string][] => [
    ['drift', ['--model', model, '--live', samples], String.raw`\u{9b}31mr`],
    ['drift', ['--model', model, '--live', table], String.raw`\u{9b}2J`],
    ['drift', ['--reference', table, '--live', samples], String.raw`\u{202e}`],
    [
      'drift',
      ['--reference', table, '--live', table, '--html', join(folder.path, 'r\u009b.html')],
      String.raw`r\u{9b}.html`,
    ],
    [
      'evaluate',
      ['--model', model, '--outcomes', outcomes, '--live', samples, '--by', 'cat'],
      String.raw`bad\u{9b}31m\u{a}forged line`,
    ],
    ['evaluate', ['--model', model, '--data', table, '--by', names[0]], String.raw`n0\u{1b}[2J`],
    ['samples', ['--model', model, '--live', samples, '--limit', '200'], String.raw`n9\u{202e}gpj.exe`],
    [
      'rebaseline',
      ['--model', model, '--live', table, '--accepted-by', 'x', '--reason', 'y'],
      String.raw`m\u{1b}]0;owned\u{7}-rebaselined.json`,
    ],
    [
      'traffic',
      ['--url', `http://127.0.0.1:9`, '--model', model, '--drift', `no\u009b${esc}[2J:x2`],
      String.raw`no\u{9b}\u{1b}[2J`,
    ],
    ['traffic', ['--url', 'http://127.0.0.1:9', '--model', model, '--count', '2'], 'ECONNREFUSED'],
    // wrong use, and what cannot be read
    ['drift', ['--model', `no\u009b2J.json`, '--live', samples], String.raw`no\u{9b}2J.json`],
    ['drift', ['--model', model, '--live', `no${esc}[2J\u202e.csv`], String.raw`no\u{1b}[2J\u{202e}.csv`],
    [
      'samples',
      ['--model', model, '--live', samples, '--bin', `${names[3]}=${esc}[2J`],
      String.raw`\u{1b}[2J`,
    ],
    ['evaluate', ['--model', model, '--data', table, '--by', `\u2066no`], String.raw`\u{2066}no`],
    ['train', ['--data', table, '--target', `no${esc}[2J`], String.raw`no\u{1b}[2J`],
    ['train', ['--data', table, '--target', 'outcome', '--positive', 'no\u009b'], String.raw`no\u{9b}`],
    ['train', [`--no${esc}[2J`], String.raw`--no\u{1b}[2J`],
    [
      'rebaseline',
      [
        '--model',
        model,
        '--live',
        samples,
        '--accepted-by',
        'x',
        '--reason',
        'y',
        '--out',
        join(table, `no\u009b/m`),
      ],
      String.raw`no\u{9b}`,
    ],
  ];
  it('are shown harmlessly by every command, in results and in errors', async () => {
    for (const [name, args, escaped] of commands()) check(all(await runCommand(name, args)), escaped);
  });

  it('are unchanged in JSON, in which nothing controls a terminal either', async () => {
    for (const [name, ...args] of [
      ['drift', '--live', samples],
      ['evaluate', '--outcomes', outcomes, '--live', samples, '--by', 'cat'],
      ['samples', '--live', samples, '--limit', '1'],
    ]) {
      const { stdout, stderr } = await runCommand(name, [...args, '--model', model, '--json']);
      check(stdout, String.raw`\u009b`);
      const told = JSON.stringify(JSON.parse(stdout), null, 0);
      assert.ok(told.includes(JSON.stringify(name === 'evaluate' ? bad : names[3]).slice(1, -1)), stderr);
    }
  });

  it('control nothing in the log, whoever shows it, and are unchanged there', () => {
    const found = said.log.replaceAll('\n', '');
    for (const text of texts) assert.ok(found.includes(JSON.stringify(text).slice(1, -1)));
    assert.doesNotMatch(said.rawLog, /[\u0080-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
  });

  it('are shown harmlessly in the log on a terminal', async function () {
    const script = requireTool(this, 'script');
    const command = `exec ${process.execPath} --import ./otel/register.ts src/server.ts`;
    const terminal = spawn(script, ['-qec', command, '/dev/null'], {
      cwd: root,
      env: {
        ...process.env,
        PORT: '0',
        ADMIN_PORT: '0',
        MODEL_PATH: model,
        SAMPLES_PATH: join(folder.path, 'terminal/s.jsonl'),
        OUTCOMES_PATH: join(folder.path, 'terminal/o.jsonl'),
        MAX_EVENT_LOOP_DELAY_MS: '5000',
        NO_COLOR: '1',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
    });
    try {
      const api = await eventually(() => {
        const found = /^Try {6}curl (\S+)\/predict/m.exec(shown)?.[1];
        assert.ok(found, shown);
        return found;
      });
      for (const [i, text] of texts.entries()) await postJson(`${api}/predict`, input(i, text));
      await postJson(`${api}/predict`, { ...input(0, 'x'), [`no${esc}[2J\u009b`]: 1 });
      await eventually(() => assert.equal(shown.split('requestId').length - 1, texts.length + 1));
      // colours are ours, and line ends are as a terminal has them
      const others = shown.replaceAll(RegExp(`${esc}\\[\\d+m|\\r(?=\\n)`, 'g'), '');
      for (const [, escaped] of Object.values(hostile).slice(0, -1)) {
        assert.ok(others.includes(escaped), escaped);
      }
      assertHarmless(others);
    } finally {
      process.kill(childOf(terminal.pid as number) as number, 'SIGTERM');
      await once(terminal, 'close');
    }
  });
});
