import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createShadowScores } from '../../src/outcomes/shadow-scores.ts';

const key = () => randomBytes(8).readBigUInt64BE();
const [aModel, otherModel] = ['00000000000000a1', 'fedcba9876543210'];
const said = (score: number, model = aModel, group?: number) => ({
  model,
  score,
  predictedClass: score > 0.5 ? 255 : 0,
  group,
});

describe('what shadows predicted', () => {
  it('is found by the caller’s prediction, for each shadow', () => {
    const scores = createShadowScores(64);
    const one = key();
    assert.deepEqual(scores.find(one), []);
    scores.add(one, said(0.25));
    scores.add(one, said(0.75, otherModel, 2 ** 23 - 1));
    scores.add(key(), said(0.1));
    assert.deepEqual(scores.find(one), [said(0.25), said(0.75, otherModel, 2 ** 23 - 1)]);
    assert.deepEqual(scores.find(0n), [], 'a key that is all zeros is none that was never made');
  });

  it('is remembered for as many rows as there is room for, the newest', () => {
    const entries = 4096;
    const scores = createShadowScores(entries);
    const keys = Array.from({ length: 3 * entries }, key);
    for (const [i, one] of keys.entries()) scores.add(one, said(i / keys.length));
    const known = (from: number, to: number) =>
      keys.slice(from, to).filter((one) => scores.find(one).length > 0).length / (to - from);
    assert.equal(known(keys.length - entries / 4, keys.length), 1);
    assert.ok(known(keys.length - entries / 2, keys.length) > 0.98);
    assert.ok(known(0, entries) < 0.02);
    const total = keys.filter((one) => scores.find(one).length > 0).length;
    assert.equal(total, entries);
  });
});
