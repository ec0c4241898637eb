import assert from 'node:assert/strict';
import { createRecurringFaults, type RecurringFaults } from '../../src/times/recurring-faults.ts';

describe('recurring faults', () => {
  let nowMs = 0;
  let faults: RecurringFaults;
  beforeEach(() => {
    nowMs = 5_000;
    faults = createRecurringFaults(() => nowMs);
  });

  it('are reported once until all is well, however long that takes, each kind separately', () => {
    assert.equal(faults.begin('a'), true);
    nowMs += 3_600_000;
    assert.equal(faults.begin('a'), false);
    assert.equal(faults.begin('b'), true);
    assert.equal(faults.end(), true);
    assert.equal(faults.end(), false);
  });

  it('are reported again after that, but no more than five times a minute', () => {
    let begun = 0;
    let ended = 0;
    for (; nowMs < 5_000 + 120_000; nowMs += 100) {
      if (faults.begin('a')) begun++;
      if (faults.end()) ended++;
    }
    assert.deepEqual([begun, ended], [10, 10]);
    assert.equal(faults.begin('b'), true, 'each kind for itself');
  });

  it('that stay after coming and going too often are reported when the minute is over', () => {
    for (let i = 0; i < 5; i++) {
      faults.begin('a');
      faults.end();
    }
    assert.equal(faults.begin('a'), false);
    assert.equal(faults.end(), false, 'nothing was said that could be over');
    faults.begin('a');
    nowMs += 60_000;
    assert.equal(faults.begin('a'), true);
  });
});
