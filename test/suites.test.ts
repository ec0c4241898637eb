import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { root } from './support/service.ts';

type Suite = { readonly spec: readonly string[]; readonly ignore?: readonly string[] };

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** The suites, by the script that runs them. */
const suites: Record<string, Suite> = {
  test: (await import(join(root, '.mocharc.mjs'))).default,
  ...Object.fromEntries(
    ['slow', 'alone', 'stack'].map((name) => [
      `test:${name}`,
      JSON.parse(readFileSync(`.mocharc.${name}.json`, 'utf8')),
    ]),
  ),
};

const isIn = (path: string, { spec, ignore = [] }: Suite) =>
  spec.some((pattern) => matchesGlob(path, pattern)) && !ignore.some((pattern) => matchesGlob(path, pattern));

describe('the suites of tests', () => {
  it('hold every file of tests, each in one of them', () => {
    for (const path of globSync('test/**/*.test.ts')) {
      const holding = Object.keys(suites).filter((name) => isIn(path, suites[name]));
      assert.equal(holding.length, 1, `${path} is in ${holding.join(' and ') || 'none'}`);
    }
  });

  it('need no browser, container, simulation by promtool or other language in npm test', () => {
    // a tool that a variable names may be any
    const slow =
      /requireTool\(\w+, ('(chromium|docker engine|docker-registry|python|python 3\.11|helm)'|\w+\))|requirePythonEnvironment\(|runRuleTest\(/;
    for (const path of globSync('test/**/*.test.ts')) {
      if (!isIn(path, suites.test)) continue;
      const [found] = slow.exec(readFileSync(path, 'utf8')) ?? [];
      assert.equal(found, undefined, `${path}: give it the name of a slow test, *.slow.test.ts`);
    }
  });

  it('are all run by CI, here and on GitHub', () => {
    const all = manifest.scripts['test:all'];
    for (const name of ['test', 'test:slow', 'test:alone', 'test:mutants']) {
      assert.match(all, new RegExp(` ${name}[ ;]`), name);
    }
    for (const pipeline of ['.ci/run', '.github/workflows/ci.yml']) {
      const text = readFileSync(pipeline, 'utf8');
      for (const name of ['test:all', 'test:stack']) {
        assert.match(text, new RegExp(`npm run (--silent )?${name}\\b`), `${pipeline}: ${name}`);
      }
    }
  });
});
