import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Context } from 'mocha';
import { root } from './service.ts';
import { skipForLackOf } from './tools.ts';

const plainId = 1234;

/**
 * A user for a child process to whom file modes apply, unlike root. Skips the test if that user cannot run the project.
 */
export function plainUser(context: Context): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const user = { uid: plainId, gid: plainId };
  const script = ['--input-type=module', '-e', "import './src/text/one-line.ts'"];
  const { status } = spawnSync(process.execPath, script, { cwd: root, ...user });
  if (status !== 0) skipForLackOf(context, 'no user but root may read the project');
  return user;
}

/**
 * Does something in this process while file modes apply to it, also if it is root's. Skips the test if no other user can
 * reach temporary files.
 */
export async function asPlainUser(context: Context, work: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  // while the process acts as another user, `tmpdir` ignores TMPDIR
  const temporary = tmpdir();
  if (isRoot) process.seteuid?.(plainId);
  try {
    // `access` would ask for the user that the process really has
    await stat(`${temporary}/.`).catch(() => skipForLackOf(context, `no user but root may use ${temporary}`));
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
