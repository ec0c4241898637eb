import { readdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { isRotatedPath, livePath } from './rotated-files.ts';

/** The placeholder in a path for the name of the replica. */
const placeholder = '{instance}';
/** The names that a replica can have; hidden files never belong to one. */
export const replicaName = /^(?!\.)[\w.-]{1,64}$/;

export function hasPlaceholder(pattern: string): boolean {
  return pattern.includes(placeholder);
}

/** The path of a pattern for one replica. */
export function pathOf(pattern: string, name: string): string {
  return pattern.replaceAll(placeholder, name);
}

/** The folder in which the pattern's replicas lie side by side. */
export function sharedFolder(pattern: string): string {
  return dirname(split(pattern).head);
}

/**
 * The names of all replicas, running or long gone, of which there is something at the pattern's path, sorted. A folder
 * that cannot be read counts as empty.
 */
export async function listNames(pattern: string): Promise<string[]> {
  if (!hasPlaceholder(pattern)) return [];
  const { head, isFile } = split(pattern);
  const segment = new RegExp(`^${source(basename(head))}$`);
  const names = new Set<string>();
  for (const entry of await readdir(dirname(head), { withFileTypes: true }).catch(() => [])) {
    // such as the folder of stored models, if the pattern consists of the name only
    if (isFile && entry.isDirectory()) continue;
    const found = isFile && isRotatedPath(entry.name) ? livePath(entry.name) : entry.name;
    const name = segment.exec(found)?.groups?.name;
    if (name !== undefined) names.add(name);
  }
  return [...names].sort();
}

/** Matches the path of every replica, and the rotated ones beside it. */
export function matcherOf(pattern: string): RegExp {
  return new RegExp(`^${source(pattern)}$`);
}

/** The pattern up to the end of the first segment that contains the name. */
function split(pattern: string): { head: string; isFile: boolean } {
  const end = pattern.indexOf(sep, pattern.indexOf(placeholder));
  const head = join(end < 0 ? pattern : pattern.slice(0, end));
  return { head, isFile: end < 0 };
}

function source(text: string): string {
  const [first, ...rest] = text
    .split(placeholder)
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return rest.length === 0
    ? first
    : `${first}(?<name>(?!\\.)[\\w.-]{1,64})${rest.join(String.raw`\k<name>`)}`;
}
