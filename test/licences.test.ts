import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import lock from '../package-lock.json' with { type: 'json' };
import { root } from './support/service.ts';

type LockedPackage = { version?: string; license?: string; dev?: boolean };

const locked: Record<string, LockedPackage> = lock.packages;

/** Licences that ask of those who distribute Vigia only to keep the notices that the packages contain. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
]);

/** Packages that state no SPDX expression, with what their LICENSE file says, read by a person. */
const stated: Readonly<Record<string, { readonly license: string; readonly begins: RegExp }>> = {
  'node_modules/jstat': {
    license: 'MIT',
    begins: /^Copyright \(c\) 2013 jStat\s+Permission is hereby granted, free of charge, to any person/,
  },
};

/** Whether an SPDX expression leaves a choice of allowed licences: of `OR` one is enough, of `AND` all are needed. */
function isAllowed(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const one = (): boolean => {
    if (tokens[at] !== '(') return allowed.has(tokens[at++]);
    at++;
    const inside = either();
    assert.equal(tokens[at++], ')', expression);
    return inside;
  };
  const all = (): boolean => {
    let ok = one();
    while (tokens[at] === 'AND') {
      at++;
      ok = one() && ok;
    }
    return ok;
  };
  const either = (): boolean => {
    let ok = all();
    while (tokens[at] === 'OR') {
      at++;
      ok = all() || ok;
    }
    return ok;
  };
  const result = either();
  // what is left over, such as WITH and an exception, nobody has judged
  return result && at === tokens.length;
}

describe('the licences', () => {
  it('of all packages in production are permissive', () => {
    const packages = Object.entries(locked).filter(([path, { dev }]) => path && !dev);
    assert.ok(packages.length > 200);
    const refused = packages
      .map(([path, { license }]) => [path, license ?? stated[path]?.license ?? 'none'] as const)
      .filter(([, license]) => !isAllowed(license));
    assert.deepEqual(refused, []);
  });

  it('that a package does not state are what its own file says', () => {
    for (const [path, { begins }] of Object.entries(stated)) {
      assert.equal(locked[path].license, undefined, path);
      assert.match(readFileSync(join(root, path, 'LICENSE'), 'utf8'), begins);
    }
  });

  it('are judged as SPDX expressions', () => {
    for (const expression of [
      'MIT',
      '(MIT OR GPL-3.0-only)',
      'MIT AND (GPL-2.0-only OR ISC)',
      'MIT OR GPL-2.0-only AND X',
    ])
      assert.ok(isAllowed(expression), expression);
    for (const expression of [
      'GPL-3.0-only',
      'MIT AND GPL-3.0-only',
      'SEE LICENSE IN x',
      'none',
      'MIT WITH x',
      '',
    ])
      assert.ok(!isAllowed(expression), expression);
  });

  it('of this project are one: Apache-2.0, also for the Python client, which depends on nothing', () => {
    const python = readFileSync(join(root, 'clients/python/pyproject.toml'), 'utf8');
    assert.equal(manifest.license, 'Apache-2.0');
    assert.match(python, /^license = "Apache-2\.0"$/m);
    assert.match(python, /^dependencies = \[\]$/m);
    assert.match(readFileSync(join(root, 'LICENSE'), 'utf8'), /Apache License\s+Version 2\.0/);
  });
});
