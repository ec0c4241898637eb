import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createNumberSet } from '../../src/outcomes/number-set.ts';

describe('a set of numbers that fills up from below', () => {
  it('contains what was added, in any order, even after it was saved and restored', () => {
    const number = fc.nat({ max: 300 });
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('add' as const), number }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('addBelow' as const), number }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), number }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        let set = createNumberSet();
        const expected = new Set<number>();
        for (const { kind, number } of steps) {
          if (kind === 'reopen') set = createNumberSet(JSON.parse(JSON.stringify(set.save())));
          else set[kind](number);
          if (kind === 'add') expected.add(number);
          if (kind === 'addBelow') for (let i = 0; i < number; i++) expected.add(i);
        }
        for (let i = 0; i < 320; i++) assert.equal(set.has(i), expected.has(i), String(i));
        assert.ok(set.end >= Math.max(0, ...[...expected].map((one) => one + 1)));
        assert.ok(!set.has(set.end));
      }),
    );
  });

  it('takes no memory for the part that has filled up', () => {
    const set = createNumberSet();
    for (let number = 0; number < 100_000; number++) set.add(number);
    assert.deepEqual(set.save(), { below: 100_000, bits: '' });
    set.add(100_123);
    assert.ok(set.save().bits.length < 40);
  });

  it('treats numbers too far back as counted, so that one missing number does not cost memory forever', () => {
    const set = createNumberSet(undefined, 64);
    for (let number = 1; number < 1000; number++) set.add(number);
    assert.ok(set.has(0));
    assert.ok(set.save().bits.length < 20);
    const far = createNumberSet();
    far.add(2 ** 40);
    assert.ok(far.has(2 ** 40) && !far.has(2 ** 40 - 1) && far.has(5));
    assert.ok(far.save().bits.length < 2 ** 21);
  });
});
