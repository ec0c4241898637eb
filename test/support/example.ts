import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { installPackage } from './packed-package.ts';
import { root } from './service.ts';

/**
 * A copy of an example outside the repository, with what its `package.json` asks for and the packed package. Removed at
 * the end of the block in which it was made.
 */
export async function installExample(context: Context, name: string) {
  const folder = await mkdtemp(join(tmpdir(), `vigia-${name}-`));
  await cp(join(root, 'examples', name), folder, { recursive: true });
  await installPackage(context, folder);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
