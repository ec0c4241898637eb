import assert from 'node:assert/strict';
import type { Answer } from '../../src/traffic/send-requests.ts';
import { createTally } from '../../src/traffic/tally.ts';

const common = { url: new URL('http://127.0.0.1'), row: {} };

function answer(status: number, latencyMs: number): Answer {
  return { ...common, status, latencyMs, body: '', failure: null };
}

describe('tally of answers', () => {
  it('gives quantiles to 2 %', () => {
    const tally = createTally();
    for (let ms = 1; ms <= 1000; ms++) tally.add(answer(200, ms));
    for (const share of [0.01, 0.5, 0.99, 1]) {
      const exact = share * 1000;
      const found = tally.latencyMs(share);
      assert.ok(found >= exact && found <= exact * 1.021, `${share}: ${found} for ${exact}`);
    }
  });

  it('has no quantile while nothing was answered', () => {
    const tally = createTally();
    tally.add({ ...common, status: null, body: null, failure: 'ECONNREFUSED', latencyMs: 3 });
    assert.ok(Number.isNaN(tally.latencyMs(0.5)));
    assert.deepEqual([tally.answered, tally.failed], [0, 1]);
  });

  it('counts answers by status and failures by code, most frequent first', () => {
    const tally = createTally();
    for (const status of [200, 422, 200, 200]) tally.add(answer(status, 1));
    tally.add({ ...common, status: null, body: null, failure: 'ECONNRESET', latencyMs: 1 });
    tally.add({ ...common, status: null, body: null, failure: 'ECONNRESET', latencyMs: 1 });
    assert.deepEqual(tally.outcomes(), [
      { name: '200 OK', count: 3 },
      { name: 'ECONNRESET', count: 2 },
      { name: '422 Unprocessable Entity', count: 1 },
    ]);
  });
});
