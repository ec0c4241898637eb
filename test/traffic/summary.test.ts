import assert from 'node:assert/strict';
import { progressLine } from '../../src/traffic/summary.ts';
import { createTally } from '../../src/traffic/tally.ts';

describe('the progress of traffic', () => {
  it('says how long it has run, and how long it has left where it has an end', () => {
    const tally = createTally();
    assert.match(progressLine(tally, 125_000), /^2:05 {2}/);
    assert.match(progressLine(tally, 125_000, 600_000), /^2:05, 7:55 left {2}/);
    assert.match(progressLine(tally, 601_000, 600_000), /^10:01, 0:00 left {2}/);
  });
});
