import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { forgetRows } from '../../src/samples/forget-rows.ts';
import { slowness } from '../support/machine-speed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('forgetting thousands of ids', () => {
  it('takes one pass over the lines, not one per id, and leaves those that cannot be read', async function () {
    // a search for each of them takes several times as long
    this.timeout(8_000 * slowness());
    await using folder = await temporaryFolder();
    const count = 20_000;
    const idOf = (i: number) => `id-${String(i).padStart(40, '0')}`;
    const lines = Array.from(
      { length: count },
      (_, i) => `${JSON.stringify({ id: idOf(i), features: { purpose: 'x'.repeat(100) } })}\n`,
    );
    const path = join(folder.path, 'thousands.jsonl');
    const broken = `{"id":"${idOf(0)}","time\n`;
    await writeFile(path, lines.join('') + broken);
    const ids = new Set(Array.from({ length: count / 4 }, (_, i) => idOf(4 * i)));
    assert.deepEqual(await forgetRows(path, ids), { deleted: ids.size });
    const left = lines.filter((_, i) => i % 4 !== 0);
    assert.equal(await readFile(path, 'utf8'), left.join('') + broken);
  });
});
