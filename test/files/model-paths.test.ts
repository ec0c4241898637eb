import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findModelFiles } from '../../src/files/model-paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the places of model files', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const at = (name: string) => join(folder.path, name);
  before(async () => {
    folder = await temporaryFolder();
    await mkdir(at('empty'));
    for (const name of [
      'churn-2.json',
      'churn-1.json',
      'credit-1.json',
      'fraud-1.json',
      '.credit-2.json',
      'notes.txt',
    ]) {
      await writeFile(at(name), '');
    }
  });
  after(() => folder?.[Symbol.asyncDispose]());

  const found = async (...parts: string[]) =>
    (await findModelFiles(parts.map(at).join(' , '))).map((path) => path.slice(folder.path.length + 1));

  it('may be patterns, whose braces may contain commas', async () => {
    assert.deepEqual(await found('{credit,churn}-*.json'), ['churn-1.json', 'churn-2.json', 'credit-1.json']);
  });

  it('may be several, without duplicates, in the order of the setting', async () => {
    assert.deepEqual(await found('fraud-1.json', 'c*-1.json', 'churn-1.json', '*-2.json'), [
      'fraud-1.json',
      'churn-1.json',
      'credit-1.json',
      'churn-2.json',
    ]);
  });

  it('may be named before the file exists, unless they are folders or patterns', async () => {
    assert.deepEqual(await found('later.json'), ['later.json']);
    await assert.rejects(found('empty'), /empty: the folder contains no model file \(\*\.json\)$/);
    await assert.rejects(found('none-*.json'), /none-\*\.json: no model file matches$/);
  });
});
