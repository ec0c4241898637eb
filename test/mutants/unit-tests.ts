import { glob } from 'node:fs/promises';

/**
 * Of these tests, those that start a service, wait for a connection, or draw or delete something thousands of times: each
 * takes as long as a hundred others.
 */
const slow = [
  /\bservice whose\b/,
  /^the memory that replicas share (takes ten thousand|claims nothing)/,
  /^the address of the shared store opens /,
  /^a file with secrets ends the start /,
  /^a shared store that answers with errors (by (?!READONLY)|for long|to some calls|or |makes no more)/,
  /^outcomes of many older versions at once /,
  / (again and again|by chance|seldom|in at most 3 of 100,000|in none of 10,000|whatever the group|moves the file aside|keep no version|hardly matter where|silent about other drift|take 8\.5 MB)\b/,
];

/** The files of the tests that run against mutants. */
export async function unitTests(): Promise<string[]> {
  const files: string[] = [];
  const exclude = ['**/*.slow.test.ts', '**/outcomes-api.test.ts'];
  for await (const file of glob('test/{stats,monitor,outcomes}/*.test.ts', { exclude })) files.push(file);
  return files.sort();
}

/** Whether a test of these files is too slow to run against thousands of mutants. */
export function isTooSlow(title: string): boolean {
  return slow.some((pattern) => pattern.test(title));
}
