import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSet, trainOn, writeTable } from '../../bench/training-table.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import { slowness } from '../support/machine-speed.ts';

describe('npm run train on 20,000 rows of 30 columns', () => {
  // the limits below are of processor time and memory; how long a busy machine takes says nothing

  it('takes seconds of processor time, and little memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-train-large-'));
    try {
      const [data, out] = [join(folder, 'table.csv'), join(folder, 'model.json')];
      await writeTable(data, makeSet(20_000, 30));
      const { cpuSeconds, peakMb } = await trainOn(data, out, ['--max-old-space-size=100']);
      const { training, features } = await loadArtifact(out);
      assert.deepEqual([training.rows, features.length], [20_000, 30]);
      console.log(`        ${cpuSeconds.toFixed(1)} s of processor time, ${peakMb.toFixed(0)} MB`);
      assert.ok(cpuSeconds < 20 * slowness(), `${cpuSeconds} s`);
      assert.ok(peakMb < 400, `${peakMb} MB`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
