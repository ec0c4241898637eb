import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, normalize } from 'node:path/posix';
import { type Room, rooms } from '../src/cli/rooms.ts';
import { root } from './support/service.ts';

/** One import of a module of `src/`: types and dynamic imports count as others do. */
type Import = { readonly from: string; readonly to: string };

describe('the rooms of src/', () => {
  it('import nothing but what docs/architecture.md allows', async () => {
    assert.deepEqual(faultsOf(await readImports(), rooms), []);
  });

  it('are all in its table, innermost first, each with the arrows that it needs and no more', async () => {
    const imports = await readImports();
    const names = Object.keys(rooms);
    const used = Map.groupBy(imports, ({ from }) => roomOf(from, rooms));
    assert.deepEqual([...used.keys()].sort(), [...names].sort());
    for (const [name, { knows, packages }] of Object.entries(rooms)) {
      assert.deepEqual(
        knows,
        names.slice(0, names.indexOf(name)).filter((inner) => knows.includes(inner)),
        `${name} knows rooms that stand before it, in their order`,
      );
      const targets = (used.get(name) ?? []).map(({ to }) => to);
      const known = new Set(targets.filter(isFile).map((to) => roomOf(to, rooms)));
      for (const inner of knows) assert.ok(known.has(inner), `${name} does not need ${inner}`);
      for (const one of packages) {
        assert.ok(
          targets.some((to) => isOf(to, one)),
          `${name} does not need ${one}`,
        );
      }
    }
  });

  it('are told apart: a superfluous arrow is detected, whatever the kind of import', () => {
    const few: Readonly<Record<string, Room>> = {
      inner: { holds: '', knows: [], packages: [], isPure: true },
      'inner/part': { holds: '', knows: [], packages: ['koa'] },
      outer: { holds: '', knows: ['inner'], packages: ['@opentelemetry/*'], files: ['main.ts'] },
    };
    const source = `
import type { A } from './../main.ts';
import fs, { type Stats } from 'node:fs';
import {
  one,
} from './part/one.ts';
export { two } from 'koa/lib/two.js';
const later = () => import('../main.ts');
type Four = import('pino').Four;
`;
    assert.deepEqual(faultsOf(importsOf('src/inner/a.ts', source), few), [
      'src/inner/a.ts imports src/main.ts: inner may not know outer',
      'src/inner/a.ts imports node:fs: inner is pure',
      'src/inner/a.ts imports src/inner/part/one.ts: inner may not know inner/part',
      'src/inner/a.ts imports koa/lib/two.js: not a package of inner',
      'src/inner/a.ts imports src/main.ts: inner may not know outer',
      'src/inner/a.ts imports pino: not a package of inner',
    ]);
    const allowed = `
import { a } from './inner/a.ts';
import { b } from '@opentelemetry/api';
import packageJson from '../package.json' with { type: 'json' };
`;
    assert.deepEqual(faultsOf(importsOf('src/main.ts', allowed), few), []);
  });
});

async function readImports(): Promise<Import[]> {
  const files = (await readdir(join(root, 'src'), { recursive: true }))
    .filter((file) => /(?<!\.d)\.ts$/.test(file))
    .map((file) => join('src', file));
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  return files.flatMap((file, i) => importsOf(file, texts[i]));
}

function importsOf(file: string, text: string): Import[] {
  const specifiers = text.matchAll(/(?:^(?:import|export|\})[^'";]*? from |^import |\bimport\()'([^']+)'/gm);
  return [...specifiers].map(([, specifier]) => ({
    from: file,
    to: specifier.startsWith('.') ? normalize(join(file, '..', specifier)) : specifier,
  }));
}

function faultsOf(imports: readonly Import[], table: Readonly<Record<string, Room>>): string[] {
  return imports.flatMap(({ from, to }) => {
    const name = roomOf(from, table);
    const { knows, packages, isPure } = table[name];
    const fault = (why: string) => [`${from} imports ${to}: ${why}`];
    if (isFile(to)) {
      const target = roomOf(to, table);
      return target === name || knows.includes(target) ? [] : fault(`${name} may not know ${target}`);
    }
    // what belongs to the repository and not to `src/`: package.json, and how telemetry is set up
    if (/^(package\.json|otel\/)/.test(to)) return [];
    if (isBuiltin(to)) return isPure ? fault(`${name} is pure`) : [];
    return packages.some((one) => isOf(to, one)) ? [] : fault(`not a package of ${name}`);
  });
}

const isFile = (to: string) => to.startsWith('src/');

const isOf = (specifier: string, name: string) =>
  name.endsWith('/*')
    ? specifier.startsWith(name.slice(0, -1))
    : specifier === name || specifier.startsWith(`${name}/`);

/** The innermost folder that is a room, or the room that names the file. @throws Error where there is none */
function roomOf(file: string, table: Readonly<Record<string, Room>>): string {
  const path = file.slice('src/'.length);
  const folders = path.split('/').slice(0, -1);
  const name = folders
    .map((_, i) => folders.slice(0, folders.length - i).join('/'))
    .find((one) => one in table);
  const found = name ?? Object.keys(table).find((one) => table[one].files?.includes(path));
  if (found === undefined) throw new Error(`${file} is in no room`);
  return found;
}
