import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { commands } from '../../src/cli/commands.ts';
import { parseOptions } from '../../src/cli/parse-options.ts';
import { UsageError } from '../../src/cli/run-cli.ts';
import { root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

function vigia(...args: string[]) {
  return spawnSync(process.execPath, ['bin/vigia.cjs', ...args], { cwd: root, encoding: 'utf8' });
}

/** The words of the shell in a line, without its quotes; what follows a redirection, a pipe or a comment is not of the command. */
function wordsOf(line: string): string[] {
  const [command] = line.split(/ (?:[<>|#]|2>|&&) ?/);
  return [...command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replaceAll(/['"]/g, ''));
}

describe('vigia', () => {
  it('lists its commands, and fails without one', () => {
    const listed = vigia('--help');
    assert.equal(listed.status, 0);
    assert.equal(listed.stderr, '');
    for (const { name } of commands) assert.match(listed.stdout, new RegExp(`^  ${name} `, 'm'));
    const bare = vigia();
    assert.equal(bare.status, 2);
    assert.equal(bare.stdout, '');
    assert.equal(bare.stderr, listed.stdout);
  });

  it('tells its version, on its own and behind a command', () => {
    for (const args of [['--version'], ['evaluate', '--version']]) {
      assert.equal(vigia(...args).stdout, `vigia ${manifest.version}\n`);
    }
  });

  describe('knows which command and which option was probably meant', () => {
    for (const [args, message] of [
      [['drfit'], 'there is no command drfit (did you mean drift?) (see vigia --help)'],
      [['fly'], 'there is no command fly (see vigia --help)'],
      [
        ['drift', '--fetures', 'age'],
        'there is no option --fetures (did you mean --features?) (see vigia drift --help)',
      ],
      [['drift', '--Fail_on', 'drift'], /--Fail_on \(did you mean --fail-on\?\)/],
      [['drift', '-h'], 'there is no option -h (see vigia drift --help)'],
      [['drift', 'live.csv'], "'live.csv' belongs to no option (see vigia drift --help)"],
      [['drift', '--json=yes'], "--json takes no value, and is given 'yes' (see vigia drift --help)"],
      [['drift', '--html'], '--html needs a value, FILE (see vigia drift --help)'],
      [['drift', '--html', '--json'], /^--html needs a value, FILE: write --html=--json if/],
      [['rebaseline', '--live', 'x'], /^--accepted-by is needed: who accepts the shift/],
      [
        ['drift', '--live', 'data/german-credit.csv', '--features', 'limt'],
        /^--features: the model has no feature 'limt' \(did you mean limit\?\)/,
      ],
      [['train', '--data', 'x.csv'], /^--target is needed with --data: the column to predict /],
      [['train', '--data', 'x.csv', '--target', 'y'], /^--positive is needed with --data: the class of y /],
      [['train', '--exclude', 'agee'], /column agee: no such column \(did you mean age\?\)/],
      [['samples', '--bin', 'history=god'], /^--bin: history has no bin 'god' \(did you mean good\?\)/],
      [['evaluate', '--data', 'data/german-credit.csv', '--by', 'AGES'], /\(did you mean age\?\)/],
    ] as const) {
      it(args.join(' '), () => {
        const { status, stdout, stderr } = vigia(...args);
        assert.equal(stdout, '');
        if (typeof message === 'string') assert.equal(stderr, `${message}\n`);
        else assert.match(stderr, message);
        assert.equal(stderr.split('\n').length, 2, stderr);
        assert.equal(status, (args as readonly string[]).includes('agee') ? 1 : 2, stderr);
      });
    }
  });

  it('takes values that begin with a dash, and keeps the last of two that cannot both be', () => {
    const options = {
      change: { value: 'CHANGE', multiple: true, meaning: '' },
      file: { value: 'FILE', meaning: '' },
    } as const;
    const args = ['--change', '-5', '--change=--x', '--file', '-', '--file', 'b'];
    assert.deepEqual(parseOptions(options, args), { change: ['-5', '--x'], file: 'b' });
  });

  it('starts the service in its own place, so that signals reach it', async () => {
    await using folder = await temporaryFolder();
    const child = spawn(process.execPath, ['bin/vigia.cjs', 'serve'], {
      cwd: root,
      env: {
        ...process.env,
        PORT: '0',
        ADMIN_PORT: '0',
        SAMPLES_PATH: join(folder.path, 'samples.jsonl'),
        OUTCOMES_PATH: join(folder.path, 'outcomes.jsonl'),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    for await (const chunk of child.stderr) {
      text += chunk;
      if (text.includes('Try      ')) break;
    }
    assert.doesNotMatch(text, /Warning/);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  });

  it('runs under npx in a checkout', function () {
    requireTool(this, 'npm');
    const said = execFileSync('npm', ['exec', '--offline', '--', 'vigia', '--version'], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(said, `vigia ${manifest.version}\n`);
  });
});

describe('the table of a command', () => {
  it('has help with examples that it parses, and every exit status', async () => {
    for (const { name, options, examples } of commands) {
      const { status, stdout } = vigia(name, '--help');
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`^Usage: vigia ${name}`));
      for (const option of Object.keys(options)) assert.ok(stdout.includes(`\n  --${option}`), option);
      assert.ok(examples.length > 0, name);
      for (const [example] of examples) {
        assert.doesNotThrow(() => parseOptions(options, wordsOf(`x ${example}`).slice(1)), example);
      }
      for (const code of [0, 1, 2]) assert.match(stdout, new RegExp(`^  ${code}   `, 'm'));
    }
  });

  it('knows each option that a document or a message of the source names with a command', async () => {
    const files = execFileSync(
      'git',
      ['ls-files', '*.md', 'src', 'otel', 'grafana/dashboards-src', 'deploy'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    const tables = new Map(commands.map((command) => [command.name, command]));
    let found = 0;
    for (const file of files.split('\n').filter((name) => /\.(md|ts|ya?ml|json|service)$/.test(name))) {
      const text = (await readFile(join(root, file), 'utf8')).replaceAll(/\\\n\s*/g, '');
      for (const [, npm, direct, rest] of text.matchAll(
        /(?:npm run (\w+) --|\bvigia (\w+))((?: [^`\n]*)?)/g,
      )) {
        const command = tables.get(npm ?? direct);
        if (command === undefined) continue;
        for (const word of wordsOf(`x${rest.split(/ (?:npm|node|vigia) /)[0]}`)) {
          const [, option] = /^--([a-z][\w-]*)/.exec(word) ?? [];
          if (option === undefined || option === 'help' || option === 'version') continue;
          found++;
          assert.ok(Object.hasOwn(command.options, option), `${file}: ${command.name} has no --${option}`);
        }
      }
    }
    assert.ok(found > 50, `${found} options`);
  });

  it('refuses what is needed and not given', () => {
    const options = { out: { value: 'FILE', required: 'where to write', meaning: '' } } as const;
    assert.throws(() => parseOptions(options, []), new UsageError('--out is needed: where to write'));
  });
});
