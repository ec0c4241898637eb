import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The names in a folder, without hidden ones such as those of locks. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.'));
}

/** The lines of every file in a folder, in the order of the files' names; a part without a line end is a line too. */
export async function linesIn(folder: string): Promise<string[]> {
  const lines: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const text = await readFile(join(folder, name), 'utf8');
    lines.push(...text.split('\n').filter((line) => line !== ''));
  }
  return lines;
}
