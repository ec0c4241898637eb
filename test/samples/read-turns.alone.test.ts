import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonl } from '../../src/samples/read-samples.ts';
import { assertShortTurns } from '../support/short-turns.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('reading JSONL', () => {
  it('gives others a turn while it reads short lines', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    const lines = 100_000;
    for (const line of ['x', '{}']) {
      // one block of the file
      await writeFile(path, `${line}\n`.repeat(lines));
      // damaged ones took 700 ms in one go
      await assertShortTurns(200, async () => {
        const reading = readJsonl([path]);
        let records = 0;
        for await (const _ of reading) records++;
        assert.deepEqual([reading.damaged, records], line === 'x' ? [lines, 0] : [0, lines]);
      });
    }
  });
});
