import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './service.ts';

/** All of `src/`, by paths from the root of the repository. */
export async function readSourceFiles(): Promise<{ readonly path: string; readonly text: string }[]> {
  const found = await readdir(join(root, 'src'), { recursive: true });
  const paths = found.filter((path) => path.endsWith('.ts')).map((path) => `src/${path}`);
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}
