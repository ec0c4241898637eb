import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import { requireTool, skipForLackOf } from './tools.ts';

const run = promisify(execFile);

/** The folder of the Python client. */
export const pythonClient = join(import.meta.dirname, '../../clients/python');

/**
 * The Python of a virtual environment that has the packages of a requirements file. If there is no suitable Python, or
 * the packages cannot be installed, see `skipForLackOf`. The first time takes minutes.
 */
export async function requirePythonEnvironment(
  context: Context,
  requirements: string,
  tool: 'python' | 'python 3.11' = 'python',
): Promise<string> {
  const program = requireTool(context, tool);
  try {
    return await makePythonEnvironment(program, requirements);
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const reason = stderr.trim().split('\n').at(-1) || message;
    return skipForLackOf(context, `the Python packages of ${requirements} cannot be installed: ${reason}`);
  }
}

/**
 * Installs the Python client into a folder, which can then be used as a `PYTHONPATH`. The environment is not changed.
 */
export async function installPythonClient(python: string, folder: string): Promise<void> {
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-build-isolation'];
  await run(python, [...pip, '--target', folder, pythonClient]);
}

/**
 * Creates the environment unless it exists. It is created once, outside the repository, and kept for later runs; its
 * name depends on the Python and the requirements, so that a change of either creates a new one. Run what is installed
 * as `python -m NAME`: the environment has been moved since its scripts were created.
 *
 * @param program the Python to use
 * @throws Error if the packages cannot be installed; its `stderr` says why
 */
async function makePythonEnvironment(program: string, requirements: string): Promise<string> {
  const { stdout: version } = await run(program, ['-c', 'import sys; print(sys.version, sys.executable)']);
  const name = hash('sha256', `${version}${readFileSync(requirements, 'utf8')}`).slice(0, 16);
  const folder = join(tmpdir(), `vigia-python-${name}`);
  const python = join(folder, 'bin/python');
  if (existsSync(python)) return python;
  const unfinished = await mkdtemp(`${folder}-`);
  try {
    await run(program, ['-m', 'venv', unfinished]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
    // What is imported is compiled then; it is a small part of all.
    await run(join(unfinished, 'bin/python'), [...pip, '--no-compile', '--requirement', requirements]);
    // another run may have been faster
    await rename(unfinished, folder).catch((error) => {
      if (!existsSync(python)) throw error;
    });
    return python;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

// so that a large one can be created while other tests run
if (import.meta.main) await makePythonEnvironment(process.argv[2], process.argv[3]);
