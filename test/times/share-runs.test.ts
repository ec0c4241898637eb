import assert from 'node:assert/strict';
import { shareRuns } from '../../src/times/share-runs.ts';

describe('shared runs', () => {
  /** Runs that end one by one, when they are told to. */
  function createRuns() {
    const ends: PromiseWithResolvers<number>[] = [];
    const ask = shareRuns(() => {
      ends.push(Promise.withResolvers());
      return ends[ends.length - 1].promise;
    });
    return { ask, ends };
  }

  it('are one for all who ask while another runs, begun after they asked', async () => {
    const { ask, ends } = createRuns();
    const first = ask();
    const later = Array.from({ length: 20 }, ask);
    assert.equal(ends.length, 1);
    ends[0].resolve(1);
    assert.equal(await first, 1);
    await new Promise(setImmediate);
    assert.equal(ends.length, 2);
    const latest = ask();
    ends[1].resolve(2);
    assert.deepEqual(new Set(await Promise.all(later)), new Set([2]));
    await new Promise(setImmediate);
    ends[2].resolve(3);
    assert.equal(await latest, 3);
    assert.equal(ends.length, 3);
  });

  it('go on after one has failed', async () => {
    const { ask, ends } = createRuns();
    const first = ask();
    const second = ask();
    ends[0].reject(new Error('broken'));
    await assert.rejects(first, /broken/);
    await new Promise(setImmediate);
    ends[1].resolve(2);
    assert.equal(await second, 2);
  });
});
