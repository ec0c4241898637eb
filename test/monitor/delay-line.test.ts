import assert from 'node:assert/strict';
import { createDelayLine } from '../../src/monitor/delay-line.ts';

describe('the delay line', () => {
  it('releases events after the delay, at most one slot late, and loses none', () => {
    let nowMs = 1_000_000;
    const released = new Float64Array(3);
    const line = createDelayLine(released, 9600, { now: () => nowMs });
    const due: { ms: number; cell: number }[] = [];
    for (let i = 0; i < 5000; i++) {
      nowMs += 7;
      line.add(i % 3);
      due.push({ ms: nowMs + 9600, cell: i % 3 });
      line.release();
      const [sure, possible] = [nowMs - 100, nowMs].map((ms) => due.filter((event) => event.ms <= ms).length);
      const out = released[0] + released[1] + released[2];
      assert.ok(out >= sure && out <= possible, `${out} is not within ${sure} and ${possible}`);
    }
    assert.ok(line.slots().length <= 98);
    nowMs += 10_000;
    line.release();
    assert.deepEqual([...released], [1667, 1667, 1666]);
  });

  it('releases events by their time, in few slots however old they are', () => {
    const nowMs = 1_000_000;
    let laterMs = nowMs;
    const released = new Float64Array(2);
    const line = createDelayLine(released, 9600, { now: () => laterMs });
    line.add(0);
    for (let ageMs = 0; ageMs < 100_000; ageMs += 10) line.add(1, nowMs - ageMs);
    line.release();
    assert.deepEqual([...released], [0, 10_000 - 961]);
    assert.ok(line.slots().length <= 98);
    assert.deepEqual(
      line.slots(),
      line.slots().toSorted((a, b) => a.startMs - b.startMs),
    );
    line.add(0, nowMs + 60_000);
    laterMs += 5000;
    line.release();
    assert.deepEqual([...released], [0, 10_000 - 461]);
    laterMs += 4700;
    line.release();
    assert.deepEqual([...released], [2, 10_000]);
  });

  it('continues where another has stopped', () => {
    let nowMs = 1_000_000;
    const first = createDelayLine(new Float64Array(2), 9600, { now: () => nowMs });
    first.add(0);
    nowMs += 5000;
    first.add(1);
    const released = new Float64Array(2);
    const second = createDelayLine(released, 9600, { now: () => nowMs });
    second.add(1);
    second.restore(JSON.parse(JSON.stringify(first.slots())));
    nowMs += 4700;
    second.release();
    assert.deepEqual([...released], [1, 0]);
    nowMs += 5000;
    second.release();
    assert.deepEqual([...released], [1, 2]);
  });

  it('holds each event in the slot that it was in', () => {
    let nowMs = 9600 * 100 + 250;
    const line = createDelayLine(new Float64Array(2), 9600, { now: () => nowMs });
    line.add(0);
    line.add(1, nowMs - 149);
    line.add(1, nowMs - 151);
    nowMs += 49;
    line.add(0);
    nowMs += 1;
    line.add(0);
    assert.deepEqual(line.slots(), [
      { startMs: 960_000, counts: [0, 1] },
      { startMs: 960_100, counts: [0, 1] },
      { startMs: 960_200, counts: [2, 0] },
      { startMs: 960_300, counts: [1, 0] },
    ]);
  });

  it('releases an event when the last one of its slot has been held for the whole delay', () => {
    let nowMs = 960_000;
    const released = new Float64Array(1);
    const line = createDelayLine(released, 9600, { now: () => nowMs });
    line.add(0);
    nowMs += 9600 + 99;
    line.release();
    assert.deepEqual([...released], [0]);
    nowMs += 1;
    line.release();
    assert.deepEqual([...released], [1]);
    assert.deepEqual(line.slots(), []);
  });

  it('also releases events when others are added, so that it stays short without being asked', () => {
    let nowMs = 960_000;
    const released = new Float64Array(1);
    const line = createDelayLine(released, 9600, { now: () => nowMs });
    line.add(0);
    nowMs += 9700;
    line.add(0);
    assert.deepEqual([...released], [1]);
    assert.equal(line.slots().length, 1);
  });

  it('holds nothing back without a delay, whatever the time of the event', () => {
    const released = new Float64Array(2);
    const line = createDelayLine(released, 0, { now: () => 1000, fromMs: 2000 });
    line.add(1);
    line.add(1, 5000);
    line.add(0, 1);
    assert.deepEqual([...released], [1, 2]);
    assert.deepEqual(line.slots(), []);
  });

  it('has slots of at least a millisecond, however short the delay', () => {
    let nowMs = 1000;
    const released = new Float64Array(1);
    const line = createDelayLine(released, 1, { now: () => nowMs });
    line.add(0);
    assert.deepEqual(line.slots(), [{ startMs: 1000, counts: [1] }]);
    nowMs += 2;
    line.release();
    assert.deepEqual([...released], [1]);
  });

  it('has no more slots than it may if the delay cannot be divided evenly', () => {
    let nowMs = 960_000;
    const line = createDelayLine(new Float64Array(1), 191, { now: () => nowMs });
    for (; nowMs < 960_191; nowMs++) line.add(0);
    assert.equal(line.slots().length, 96);
  });

  it('releases nothing before it may, and everything that is due from then on', () => {
    let nowMs = 960_000;
    const released = new Float64Array(1);
    const line = createDelayLine(released, 9600, { now: () => nowMs, fromMs: 980_000 });
    line.add(0);
    nowMs = 979_999;
    line.release();
    assert.deepEqual([...released], [0]);
    nowMs = 980_000;
    line.release();
    assert.deepEqual([...released], [1]);
  });

  it('ignores cells of the past that it does not have, and counts those it has no past of as 0', () => {
    const released = new Float64Array(2);
    let nowMs = 960_000;
    const line = createDelayLine(released, 9600, { now: () => nowMs });
    line.restore([
      { startMs: 950_000, counts: [1, 2, 3] },
      { startMs: 940_000, counts: [4] },
    ]);
    assert.deepEqual(line.slots(), [
      { startMs: 940_000, counts: [4, 0] },
      { startMs: 950_000, counts: [1, 2] },
    ]);
    nowMs += 100_000;
    line.release();
    assert.deepEqual([...released], [5, 2]);
  });
});
