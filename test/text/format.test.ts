import assert from 'node:assert/strict';
import { formatChance, formatExactShare, formatShare } from '../../src/text/format.ts';

describe('how often something happens by chance', () => {
  it('is expressed by how many reports it takes, or how often in each', () => {
    assert.equal(formatChance(40 * 5e-6, 'report'), 'in fewer than 1 of 5,000 such reports');
    assert.equal(formatChance(0.3, 'evaluation'), 'in fewer than 1 of 3 such evaluations');
    assert.equal(formatChance(1.24, 'report'), 'up to 1.2 times in each such report');
  });
});

describe('a share in per cent', () => {
  it('has as many digits as it needs, or all of them if somebody has chosen it', () => {
    assert.deepEqual([0.312, 0.0184, 0.9995].map(formatShare), ['31 %', '1.8 %', '> 99.9 %']);
    assert.deepEqual([0.07, 0.125, 0.9995].map(formatExactShare), ['7 %', '12.5 %', '99.95 %']);
  });
});
