import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createHeldOutcomes } from '../../src/outcomes/held-outcomes.ts';
import { createIdSet } from '../../src/outcomes/id-set.ts';
import { createSeenIds } from '../../src/outcomes/seen-ids.ts';

const randomId = () => randomBytes(8).readBigUInt64BE();

describe('the set of ids', () => {
  it('holds what a Set holds', () => {
    // few different low bits, so that ids collide
    const id = fc.tuple(fc.bigInt(0n, 5n), fc.bigInt(0n, 7n)).map(([high, low]) => (high << 40n) | low);
    fc.assert(
      fc.property(fc.array(id), (ids) => {
        const [set, model] = [createIdSet(), new Set<bigint>()];
        for (const one of ids) {
          assert.equal(set.add(one), !model.has(one));
          model.add(one);
          assert.equal(set.size, model.size);
        }
        for (let i = 0n; i < 8n; i++) assert.equal(set.has(i), model.has(i));
      }),
    );
  });

  it('grows without losing any', () => {
    const set = createIdSet();
    const ids = Array.from({ length: 50_000 }, randomId);
    for (const id of ids) set.add(id);
    assert.equal(set.size, new Set(ids).size);
    assert.ok(ids.every((id) => set.has(id)));
    assert.ok(!set.has(randomId()));
  });
});

describe('the memory of ids', () => {
  it('forgets the oldest when there are too many, never the newest', () => {
    const seen = createSeenIds(1e9, { generationSize: 100 });
    const ids = Array.from({ length: 5000 }, randomId);
    for (const id of ids) seen.add(id, Date.now());
    assert.ok(seen.size <= 800);
    assert.ok(ids.slice(-700).every((id) => seen.has(id)));
    assert.ok(!seen.has(ids[0]));
  });

  it('forgets ids whose predictions are too old for an outcome', () => {
    let nowMs = 1000;
    const seen = createSeenIds(500, { generationSize: 10, now: () => nowMs });
    const early = Array.from({ length: 10 }, randomId);
    for (const id of early) seen.add(id, 900);
    nowMs = 1400;
    seen.add(randomId(), 1300);
    assert.ok(early.every((id) => seen.has(id)));
    for (let i = 0; i < 9; i++) seen.add(randomId(), 1300);
    nowMs = 1401;
    seen.add(randomId(), 1400);
    assert.ok(!early.some((id) => seen.has(id)));
  });
});

describe('outcomes that are held', () => {
  it('count when they are due, in that order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.nat(1000), (times, untilMs) => {
        let nowMs = -1;
        const counted: number[] = [];
        const held = createHeldOutcomes({ now: () => nowMs });
        for (const dueMs of times) held.hold({ dueMs, count: () => counted.push(dueMs) });
        held.release();
        assert.deepEqual(counted, []);
        nowMs = untilMs;
        held.release();
        assert.deepEqual(
          counted,
          times.filter((dueMs) => dueMs <= untilMs).sort((a, b) => a - b),
        );
        assert.equal(held.size, times.length - counted.length);
      }),
    );
  });

  it('count early rather than never when there are too many', () => {
    const counted: number[] = [];
    const held = createHeldOutcomes({ now: () => 0, maxHeld: 3 });
    for (const dueMs of [5, 1, 4, 2, 3]) held.hold({ dueMs, count: () => counted.push(dueMs) });
    assert.deepEqual(counted, [1, 2]);
    assert.equal(held.size, 3);
  });
});
