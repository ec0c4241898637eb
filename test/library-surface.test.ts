import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { readExports } from '../src/cli/library-exports.ts';
import * as library from '../src/index.ts';

/** The table of docs/library.md: what a program may rely on. */
async function documented(): Promise<{ name: string; kind: string }[]> {
  const text = await readFile('docs/library.md', 'utf8');
  return [...text.matchAll(/^\| `(\w+)` \| (\w+) \| \S/gm)].map(([, name, kind]) => ({ name, kind }));
}

describe('the surface of the library', () => {
  it('is what docs/library.md lists: every name, with its kind', async () => {
    const kinds = Object.entries(library).map(([name, value]) => ({
      name,
      kind: typeof value === 'function' ? 'function' : 'constant',
    }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    const listed = await documented();
    assert.deepEqual(listed.filter(({ kind }) => kind !== 'type').sort(byName), kinds.sort(byName));
    assert.deepEqual(
      listed.filter(({ kind }) => kind === 'type'),
      readExports(new URL('../src/index.ts', import.meta.url))
        .filter(({ kind }) => kind === 'type')
        .map(({ name, kind }) => ({ name, kind })),
    );
  });
});
