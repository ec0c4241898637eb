import assert from 'node:assert/strict';
import { featureBins } from '../../src/model/features.ts';
import type { SampleValues } from '../../src/samples/sample.ts';
import { createUnusualRows, keptRows } from '../../src/samples/unusual-rows.ts';
import { missingBin } from '../../src/stats/binning.ts';
import { artifact } from '../report/samples.ts';

const missing = artifact.features.map((feature) => missingBin(featureBins(feature)));
const usual = missing.map(() => 0);
const [age, , history] = artifact.features.map((_, i) => i);

function at(place: number, value: number): number[] {
  return usual.map((bin, i) => (i === place ? value : bin));
}

describe('the last unusual rows', () => {
  const create = (values: SampleValues = 'raw', sensitive: readonly string[] = []) =>
    createUnusualRows({ ...artifact, sensitive: [...sensitive] }, values);

  it('are those that were missing, unseen or out of range, by feature and kind', () => {
    const rows = create();
    rows.note('usual', usual, usual);
    rows.note('missing', at(age, missing[age]), usual);
    rows.note('below', usual, at(age, -1));
    rows.note('above', usual, at(age, 1));
    rows.note('unseen', at(history, missing[history] + 1), usual);
    assert.deepEqual(rows.of(age), [
      { kind: 'missing', sample: 'missing' },
      { kind: 'below', sample: 'below' },
      { kind: 'above', sample: 'above' },
    ]);
    assert.deepEqual(rows.of(history), [{ kind: 'unseen', sample: 'unseen' }]);
  });

  it('are few, and none of them is long', () => {
    const rows = create();
    for (let i = 0; i < 3 * keptRows + 2; i++) rows.note(`${i}`, usual, at(age, 1));
    rows.note('x'.repeat(100_000), usual, at(age, 1));
    const kept = rows.of(age).map(({ sample }) => sample);
    assert.equal(kept.length, keptRows);
    assert.deepEqual([kept[0], kept.at(-1)], [`${3 * keptRows + 1}`, `${2 * keptRows + 2}`]);
  });

  it('are not remembered of a sensitive feature, and not at all where samples hold no values', () => {
    for (const rows of [create('raw', [artifact.features[age].name]), create('off')]) {
      rows.note('missing', at(age, missing[age]), usual);
      rows.note('above', usual, at(age, 1));
      assert.deepEqual(rows.of(age), []);
    }
  });
});
