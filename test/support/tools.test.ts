import assert from 'node:assert/strict';
import { chmod, glob, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { root } from './service.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { findTool, skipForLackOf, type ToolName, tools } from './tools.ts';

/** The programs of a machine, by name, each as a shell script. */
type Machine = Record<string, string>;

async function findOn(machine: Machine, tool: ToolName): Promise<{ program?: string; lack?: string }> {
  await using folder = await temporaryFolder();
  for (const [name, script] of Object.entries(machine)) {
    const path = join(folder.path, name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  }
  const found = findTool(tool, folder.path);
  return 'program' in found ? { program: found.program.slice(folder.path.length + 1) } : found;
}

const prints = (text: string) => `echo '${text}'`;
const dockerAlone = `if [ "$1" = compose ]; then echo "docker: 'compose' is not a docker command." >&2; exit 1; fi`;
const noDaemon = `if [ "$1" = compose ]; then echo 2.40.3; else echo 'Cannot connect to the Docker daemon' >&2; exit 1; fi`;

describe('a tool that tests need', () => {
  const lacking: [situation: string, machine: Machine, tool: ToolName, lack: RegExp][] = [
    ['is not installed', {}, 'docker compose', /^docker is not on the PATH$/],
    ['is not installed under any name', {}, 'redis-server', /^redis-server or valkey-server is not on/],
    [
      'is a Docker client without Compose',
      { docker: dockerAlone },
      'docker compose',
      /will not do for docker compose: docker: 'compose' is not/,
    ],
    [
      'is the Compose of old',
      { docker: prints('1.29.2') },
      'docker compose',
      /version 1\.29; 2\.0 is needed/,
    ],
    [
      'is a Docker client without a daemon',
      { docker: noDaemon },
      'docker engine',
      /docker engine: Cannot connect/,
    ],
    [
      'is an old promtool',
      { promtool: prints('promtool, version 2.42.0+ds (branch: x)') },
      'promtool',
      /2\.42; 3\.0 is needed, as/,
    ],
    [
      'is an old Redis',
      { 'redis-server': prints('Redis server v=6.0.16 sha=0:0') },
      'redis-server',
      /6\.0; 6\.2 is needed/,
    ],
    ['is an old amtool', { amtool: prints('amtool, version 0.9.1') }, 'amtool', /0\.9; 0\.26 is needed/],
    [
      'is an old Collector',
      { 'otelcol-contrib': prints('otelcol-contrib version 0.99.0') },
      'otelcol-contrib',
      /0\.99; 0\.161/,
    ],
    [
      'is a Chromium that does not start',
      { chromium: 'echo "install the snap" >&2; exit 10' },
      'chromium',
      /chromium: install the snap/,
    ],
    [
      'is a Python too old for the example',
      { python3: prints('Python 3.10') },
      'python 3.11',
      /version 3\.10; 3\.11 is needed/,
    ],
    ['is an old Python', { python3: prints('Python 3.9') }, 'python', /version 3\.9; 3\.10 is needed/],
    [
      'is a Python without venv',
      { python3: `echo "No module named 'ensurepip' (Debian has it in python3-venv)" >&2; exit 1` },
      'python',
      /will not do for python: No module named 'ensurepip' \(Debian/,
    ],
    ['dies without a word', { chromium: 'kill -9 $$' }, 'chromium', /it ends with SIGKILL/],
    [
      'is another program of that name',
      { script: prints('Script started') },
      'script',
      /it prints "Script started"/,
    ],
  ];
  for (const [situation, machine, tool, lack] of lacking) {
    it(`will not do where it ${situation}`, async () => {
      const found = await findOn(machine, tool);
      assert.match(found.lack ?? '', lack);
      assert.doesNotMatch(found.lack ?? '', /\n/);
    });
  }

  for (const [tool, { programs }] of Object.entries(tools)) {
    // it has no options that all systems know
    if (tool === 'mkfifo') continue;
    it(`will not do where it fails: ${tool}`, async () => {
      const broken = Object.fromEntries(programs.map((name) => [name, 'echo "not for you" >&2; exit 1']));
      assert.match((await findOn(broken, tool as ToolName)).lack ?? '', /: not for you$/);
    });
  }

  const working: [situation: string, machine: Machine, tool: ToolName, program: string][] = [
    ['a newer major version', { promtool: prints('promtool, version 10.1.0') }, 'promtool', 'promtool'],
    ['just new enough', { 'redis-server': prints('Redis server v=6.2.0 x') }, 'redis-server', 'redis-server'],
    ['Valkey', { 'valkey-server': prints('Valkey server v=8.0.1 x') }, 'redis-server', 'valkey-server'],
    [
      'Valkey beside an old Redis',
      {
        'redis-server': prints('Redis server v=5.0.3 x'),
        'valkey-server': prints('Valkey server v=7.2.4 x'),
      },
      'redis-server',
      'valkey-server',
    ],
    [
      'a newer Python beside an old one',
      { python3: prints('Python 3.9'), 'python3.12': prints('Python 3.12') },
      'python',
      'python3.12',
    ],
    ['a client with Compose and no daemon', { docker: noDaemon }, 'docker compose', 'docker'],
  ];
  for (const [situation, machine, tool, program] of working) {
    it(`will do where it is ${situation}`, async () => {
      assert.deepEqual(await findOn(machine, tool), { program });
    });
  }

  it('is asked for in each file of tests that runs it', async () => {
    // a checkout and npm bring these; what mounts is asked for by `mountLauncher`
    const given = new Set(['sh', 'git', 'npm', 'unshare', 'nsenter']);
    const commands = new Set((await readdir(join(root, 'src/cli'))).map((file) => file.replace('.ts', '')));
    let seen = 0;
    for await (const path of glob('test/**/*.test.ts', { cwd: root })) {
      if (path.startsWith('test/stack/')) continue;
      const text = await readFile(join(root, path), 'utf8');
      const calls = /\b(?:spawn|spawnSync|execFile|execFileSync|run)\)?\(\s*'([a-z][\w-]*)'/g;
      for (const [, name] of text.matchAll(calls)) {
        if (given.has(name) || commands.has(name)) continue;
        seen += 1;
        const isAskedFor = new RegExp(`requireTool\\(\\w+, '${name}( \\w+)?'\\)`).test(text);
        assert.ok(isAskedFor, `${path} runs ${name} without requireTool`);
      }
    }
    assert.ok(seen > 0);
  });

  it('skips its test where it is missing, and fails it with CI=true', () => {
    const { CI } = process.env;
    const skipped = new Error('skipped');
    const context = {
      test: { fullTitle: () => 'a title' },
      skip() {
        throw skipped;
      },
    } as unknown as Context;
    try {
      process.env.CI = 'true';
      assert.throws(
        () => skipForLackOf(context, 'x is not on the PATH'),
        /^Error: x is not on the PATH, and/,
      );
      delete process.env.CI;
      assert.throws(() => skipForLackOf(context, 'x is not on the PATH'), skipped);
    } finally {
      if (CI !== undefined) process.env.CI = CI;
    }
  });
});
