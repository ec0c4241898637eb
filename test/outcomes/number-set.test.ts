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

  it('grows for as many numbers as are missing below the greatest', () => {
    const set = createNumberSet();
    for (let number = 1; number < 5000; number += 2) set.add(number);
    const restored = createNumberSet(set.save());
    for (const one of [set, restored]) {
      for (let number = 0; number < 5010; number++) {
        assert.equal(one.has(number), number % 2 === 1 && number < 5000, String(number));
      }
      assert.equal(one.end, 5000);
    }
    assert.equal(set.save().below, 0);
    for (let number = 0; number < 4000; number += 2) set.add(number);
    assert.equal(set.save().below, 4000);
    assert.equal(set.save().bits.length, Math.ceil(125 / 3) * 4);
  });

  it('tells as many numbers apart as its span, up to the greatest', () => {
    const set = createNumberSet(undefined, 64);
    set.add(63);
    assert.deepEqual([0, 1].map(set.has), [false, false]);
    set.add(64);
    assert.deepEqual([0, 1].map(set.has), [true, false]);
    set.add(74);
    assert.deepEqual([10, 11].map(set.has), [true, false]);
    set.add(5);
    assert.deepEqual([10, 11, 63, 64, 74].map(set.has), [true, false, true, true, true]);
    assert.equal(set.end, 75);
  });

  it('takes no memory for the part that has filled up', () => {
    const set = createNumberSet();
    for (let number = 0; number < 100_000; number++) set.add(number);
    assert.deepEqual(set.save(), { below: 100_000, bits: '' });
    set.add(100_123);
    assert.ok(set.save().bits.length < 40);
  });

  it('takes none either once what was missing below is added', () => {
    for (const below of [1, 8]) {
      const set = createNumberSet();
      for (let number = below; number < 100_000; number++) set.add(number);
      set.addBelow(below);
      assert.deepEqual(set.save(), { below: 100_000, bits: '' });
    }
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
