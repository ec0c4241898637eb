import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installExample } from '../support/example.ts';

describe('the example with a batch of Parquet', () => {
  it('scores an ordinary day and refuses one that has drifted, from a clean folder', async function () {
    await using example = await installExample(this, 'batch-parquet');
    const node = (...args: string[]) =>
      spawnSync(process.execPath, args, { cwd: example.folder, encoding: 'utf8' });
    assert.equal(node('make-data.js').status, 0);
    const monday = node('score.js', 'monday.parquet');
    assert.equal(monday.stderr, '');
    assert.match(monday.stdout, /^monday\.parquet: 2000 rows, 0 refused, \d+ high\n/);
    assert.equal(monday.status, 0);
    assert.ok(existsSync(join(example.folder, 'monday.scores.json')));
    const tuesday = node('score.js', 'tuesday.parquet');
    assert.match(tuesday.stdout, /temperature +drifting/);
    assert.match(tuesday.stdout, /weekday +stable/);
    assert.match(tuesday.stderr, /^score\.js: the table has drifted/);
    assert.equal(tuesday.status, 1);
    assert.ok(!existsSync(join(example.folder, 'tuesday.scores.json')));
  });
});
