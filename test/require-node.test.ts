import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { commands } from '../src/cli/commands.ts';
import { root } from './support/service.ts';

type Guard = { refusal: (version: string, required: string) => string };

const { refusal } = createRequire(import.meta.url)('../src/node-version.cjs') as Guard;
const scripts: Record<string, string> = manifest.scripts;
/** What works without the dependencies of development: the service, and the commands of its users. */
const names = Object.keys(scripts).filter((name) => scripts[name].startsWith('exec node bin/vigia.cjs '));

/** Runs an npm script as npm does, in the shell. */
function runScript(name: string, env: Record<string, string>) {
  return spawnSync('sh', ['-c', `${scripts[name]} --help`], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

describe('the version of Node', () => {
  it('is stated in package.json, and what is older is refused with what to do', () => {
    const required = manifest.engines.node;
    for (const version of ['12.22.12', '18.20.4', '20.20.2', '22.21.0', '23.11.1', '24.9.0', '24.11.0']) {
      assert.match(
        refusal(version, required),
        /^vigia: needs Node\.js 24\.11\.1 or newer, and this is \d+\.\d+\.\d+: \S/,
      );
    }
    for (const version of ['24.11.1', '24.21.0', '25.1.0', '100.0.0'])
      assert.equal(refusal(version, required), '');
  });

  it('guards the start and every command', () => {
    const run = names.map((name) => scripts[name].split(' ').at(-1) ?? '');
    assert.deepEqual(run.toSorted(), commands.map(({ name }) => name).toSorted());
  });

  for (const name of names) {
    it(`is refused by npm run ${name} in one line, before TypeScript is read`, () => {
      const old = join(root, 'test/support/programs/node-20.cjs');
      const { status, stdout, stderr } = runScript(name, { NODE_OPTIONS: `--require ${old}` });
      assert.match(stderr, /^vigia: needs Node\.js 24\.11\.1 or newer, and this is 20\.20\.2: .*\n$/);
      assert.equal(stdout, '');
      assert.equal(status, 1);
    });
  }

  const folders = (process.env.PATH ?? '').split(delimiter);
  const old = folders.find((folder) => {
    const { status, stdout } = spawnSync(join(folder, 'node'), ['--version'], { encoding: 'utf8' });
    return status === 0 && Number.parseInt(stdout.slice(1), 10) < 24;
  });
  // an extra, as few machines have one
  if (old !== undefined)
    it('is refused by an old Node itself', () => {
      for (const name of names) {
        const { status, stderr } = runScript(name, { PATH: [old, ...folders].join(delimiter) });
        assert.match(stderr, /^vigia: needs Node\.js 24\.11\.1 or newer, and this is .*\n$/);
        assert.equal(status, 1);
      }
    });
});
