import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { root } from './support/service.ts';

const mocha = join(root, 'node_modules/mocha/bin/mocha.js');

/** The full titles of all tests of these files, none of which is run. */
async function titlesOf(files: readonly string[]): Promise<{ file: string; title: string }[]> {
  const command = [mocha, '--no-config', '--dry-run', '--reporter=json', ...files];
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  const { tests } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    tests: { file: string; fullTitle: string }[];
  };
  return tests.map(({ file, fullTitle }) => ({ file, title: fullTitle }));
}

describe('docs/faults.md', () => {
  it('names tests that there are, and all of test/faults', async () => {
    const text = await readFile(join(root, 'docs/faults.md'), 'utf8');
    const rows = text.split('\n').filter((line) => /^\| (?!fault \|)[^-|]/.test(line));
    const named = rows.map((row) => {
      const [, target, title] = /\[[\w-]+\]\(([^)]+)\): \*([^*]+)\* \|$/.exec(row) ?? [];
      assert.ok(target, `no test stands in: ${row}`);
      return { file: normalize(join(root, 'docs', target)), title };
    });
    assert.ok(named.length > 20);
    const all = await titlesOf([...new Set(named.map(({ file }) => file)), 'test/faults/*.test.ts']);
    const isNamed = (test: { file: string; title: string }) =>
      named.some(({ file, title }) => test.file === file && test.title.includes(title));
    for (const { file, title } of named) {
      assert.ok(
        all.some((test) => test.file === file && test.title.includes(title)),
        `${file} has no test "${title}"`,
      );
    }
    const left = all.filter((test) => test.file.includes('/test/faults/') && !isNamed(test));
    assert.deepEqual(left, [], 'each test of a fault stands in a row');
  });
});
