import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requirePythonEnvironment } from '../support/python-environment.ts';
import { root } from '../support/service.ts';

const client = join(root, 'clients/python');
const requirements = join(root, 'test/clients/requirements.txt');

/** Runs a module of Python in the client's folder: what it prints on standard error, and a failure that shows all. */
async function runModule(python: string, ...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    PYTHONPATH: join(client, 'src'),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONWARNINGS: 'always::ResourceWarning',
  };
  try {
    return (await promisify(execFile)(python, ['-m', ...args], { cwd: client, env })).stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`python -m ${args.join(' ')}:\n${stdout}${stderr}`);
  }
}

describe('the client for Python', function () {
  this.timeout(300_000);
  this.slow(60_000);
  let python: string;

  before(async function () {
    python = await requirePythonEnvironment(this, requirements);
  });

  it('passes its own tests, and leaves nothing open', async () => {
    const said = await runModule(python, 'unittest', 'discover', '-s', 'tests', '-t', '.');
    assert.doesNotMatch(said, /ResourceWarning/);
    assert.match(said, /^Ran \d\d+ tests/m);
    if (process.env.CI === 'true') assert.doesNotMatch(said, /skipped/);
  });

  it('has types and a style that tools approve of', async () => {
    await Promise.all([
      runModule(python, 'mypy', '--no-incremental'),
      runModule(python, 'ruff', 'check', '--no-cache', '.'),
      runModule(python, 'ruff', 'format', '--no-cache', '--check', '.'),
    ]);
  });
});
