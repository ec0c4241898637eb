import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { readDocuments } from '../src/cli/docs.ts';
import { root } from './support/service.ts';

const base = new URL('../', import.meta.url);

describe('the documents', () => {
  it('have tables that are as the code is (`npm run generate` writes them)', async () => {
    for (const { path, text, current } of await readDocuments(base))
      assert.equal(text, current, path.pathname);
  });

  it('name only files that are there', async () => {
    const files = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).split('\n');
    for (const file of files.filter(Boolean)) {
      const text = await readFile(new URL(file, base), 'utf8');
      for (const [, target] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        await assert.doesNotReject(
          access(new URL(target, new URL(file, base))),
          `${file} links to ${target}`,
        );
      }
    }
  });
});
