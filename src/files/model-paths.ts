import { glob, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

/**
 * The model files that `MODEL_PATH` stands for: files, folders (of which every `*.json`) and patterns, comma-separated.
 * Hidden files are skipped, and files named twice are listed once. A file that is named directly need not exist.
 *
 * @returns in the order of the setting, then of their names
 * @throws Error in one line if a folder or a pattern has no file
 */
export async function findModelFiles(setting: string): Promise<readonly string[]> {
  const parts = splitModelPath(setting);
  const found = new Map<string, string>();
  for (const part of parts) {
    for (const path of await filesOf(part)) {
      if (!found.has(resolve(path))) found.set(resolve(path), path);
    }
  }
  return [...found.values()];
}

/** The parts of `MODEL_PATH`, as they are written there. */
export function splitModelPath(setting: string): readonly string[] {
  // a comma within braces is part of the pattern
  return setting
    .split(/,(?![^{}]*\})/)
    .map((part) => part.trim())
    .filter(Boolean);
}

/** Whether a part is a pattern. */
export function isPattern(part: string): boolean {
  return /[*?[{]/.test(part);
}

async function filesOf(part: string): Promise<readonly string[]> {
  const place = await stat(part).catch(() => undefined);
  if (place?.isDirectory()) {
    const names = (await readdir(part)).filter((name) => name.endsWith('.json') && !isHidden(name)).sort();
    if (names.length === 0) throw new Error(`${part}: the folder contains no model file (*.json)`);
    return names.map((name) => join(part, name));
  }
  if (place !== undefined || !isPattern(part)) return [part];
  const paths: string[] = [];
  for await (const path of glob(part, { exclude: (found) => isHidden(basename(found)) })) paths.push(path);
  if (paths.length === 0) throw new Error(`${part}: no model file matches`);
  return paths.filter((path) => !isHidden(basename(path))).sort();
}

function isHidden(name: string): boolean {
  return /^\.[^.]/.test(name);
}
