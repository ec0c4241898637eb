import assert from 'node:assert/strict';
import { formatChance } from '../../src/text/format.ts';

describe('how often something happens by chance', () => {
  it('is expressed by how many reports it takes, or how often in each', () => {
    assert.equal(formatChance(40 * 5e-6, 'report'), 'in fewer than 1 of 5,000 such reports');
    assert.equal(formatChance(0.3, 'evaluation'), 'in fewer than 1 of 3 such evaluations');
    assert.equal(formatChance(1.24, 'report'), 'up to 1.2 times in each such report');
  });
});
