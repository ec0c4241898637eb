import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';
import { root } from './service.ts';
import { skipForLackOf } from './tools.ts';

/**
 * A user for a child process to whom file modes apply, unlike root. Skips the test if that user cannot run the project.
 */
export function plainUser(context: Context): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const user = { uid: 1234, gid: 1234 };
  const script = ['--input-type=module', '-e', "import './src/text/one-line.ts'"];
  const { status } = spawnSync(process.execPath, script, { cwd: root, ...user });
  if (status !== 0) skipForLackOf(context, 'no user but root may read the project');
  return user;
}
