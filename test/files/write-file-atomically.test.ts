import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../src/files/write-file-atomically.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('replacing a file in one step', () => {
  it('leaves one complete content if several write at once under the same process id', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'file.json');
    const contents = Array.from({ length: 20 }, (_, i) =>
      String.fromCharCode(97 + i).repeat(1000 * (20 - i)),
    );
    await Promise.all(contents.map((content) => writeFileAtomically(path, content)));
    assert.ok(contents.includes(await readFile(path, 'utf8')));
    assert.deepEqual(await readdir(folder.path), ['file.json']);
  });
});
