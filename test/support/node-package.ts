import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import { requireTool, skipForLackOf } from './tools.ts';

/**
 * Runs the command that installs a package that this project does not depend on, and returns the path of its module. It
 * is installed once, outside the repository, and kept for later runs. If it cannot be installed, see `skipForLackOf`.
 *
 * @param command of a shell, with the package's exact version
 */
export async function requireNodePackage(context: Context, command: string, name: string): Promise<string> {
  requireTool(context, 'npm');
  const shell = requireTool(context, 'bash');
  const folder = join(tmpdir(), `vigia-npm-${hash('sha256', `${command} ${process.version}`).slice(0, 16)}`);
  if (!existsSync(folder)) {
    const unfinished = await mkdtemp(`${folder}-`);
    try {
      await writeFile(join(unfinished, 'package.json'), '{}');
      await promisify(execFile)(shell, ['-c', command], { cwd: unfinished });
      // another run may have been faster
      await rename(unfinished, folder).catch((error) => {
        if (!existsSync(folder)) throw error;
      });
    } catch (error) {
      const { stderr = '', message } = error as Error & { stderr?: string };
      return skipForLackOf(context, `${command} fails: ${stderr.trim().split('\n', 1)[0] || message}`);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  return createRequire(join(folder, 'package.json')).resolve(name);
}
