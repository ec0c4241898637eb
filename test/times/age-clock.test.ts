import assert from 'node:assert/strict';
import { type ClockState, createAgeClock } from '../../src/times/age-clock.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 0, 31);

/** A clock with both times in hand, and what it says. */
function hold(before?: ClockState, wallMs = startMs) {
  const times = { wallMs, monotonicMs: 1000 };
  const said: string[] = [];
  const clock = createAgeClock(before, {
    wall: () => times.wallMs,
    monotonic: () => times.monotonicMs,
    onProblem: (message) => said.push(message),
  });
  return {
    clock,
    said,
    jump: (ms: number) => {
      times.wallMs += ms;
    },
    pass: (ms: number) => {
      times.wallMs += ms;
      times.monotonicMs += ms;
    },
  };
}

describe('the clock by which ages are measured', () => {
  it('is the wall clock, including corrections of less than a day', () => {
    const { clock, said, jump, pass } = hold();
    for (const ms of [hourMs, -hourMs, 23 * hourMs, -23 * hourMs]) {
      jump(ms);
      pass(10 * dayMs);
    }
    assert.equal(clock.now(), startMs + 40 * dayMs);
    assert.deepEqual(said, []);
  });

  it('continues as before when the wall clock jumps ahead, reports it once, and trusts it after a day', () => {
    const { clock, said, jump, pass } = hold();
    clock.now();
    jump(420 * dayMs);
    assert.equal(clock.now(), startMs);
    pass(23 * hourMs);
    assert.equal(clock.now(), startMs + 23 * hourMs);
    assert.equal(said.length, 1);
    assert.match(said[0], /2027-03-27T00:00:00.000Z, 420.0 days from what the last known time implies/);
    pass(hourMs);
    assert.equal(clock.now(), startMs + 421 * dayMs);
    assert.match(said[1], /trusted/);
    pass(dayMs);
    assert.equal(clock.now(), startMs + 422 * dayMs);
    assert.equal(said.length, 2);
  });

  it('is right again as soon as the wall clock is', () => {
    const { clock, jump, pass } = hold();
    clock.now();
    jump(420 * dayMs);
    clock.now();
    pass(hourMs);
    jump(-420 * dayMs);
    assert.equal(clock.now(), startMs + hourMs);
    jump(420 * dayMs);
    pass(23 * hourMs);
    assert.equal(clock.now(), startMs + dayMs, 'an earlier doubt does not shorten this one');
  });

  it('never makes anything older when the wall clock jumps back', () => {
    const { clock, jump, pass } = hold();
    clock.now();
    jump(-400 * dayMs);
    assert.equal(clock.now(), startMs - 400 * dayMs);
    pass(hourMs);
    jump(400 * dayMs);
    assert.equal(clock.now(), startMs + hourMs, 'and right again it is believed at once');
  });

  it('does not trust a clock that was set while no process ran, however often it is started', () => {
    let state: ClockState = { knownMs: startMs, doubtedForMs: 0, aheadMs: 0 };
    for (let start = 0; start < 4; start++) {
      const { clock, pass } = hold(state, startMs + (420 + start) * dayMs);
      clock.now();
      pass(5 * hourMs);
      assert.ok(clock.now() <= startMs + dayMs, new Date(clock.now()).toISOString());
      pass(hourMs);
      state = clock.state();
    }
    const { clock } = hold(state, startMs + 424 * dayMs);
    assert.equal(clock.now(), startMs + 424 * dayMs, 'after a day of running in all');
  });

  it('distrusts a clock for another day when it jumps again in the meantime', () => {
    const { clock, said, jump, pass } = hold();
    clock.now();
    jump(3 * dayMs);
    clock.now();
    pass(23 * hourMs);
    jump(420 * dayMs);
    clock.now();
    pass(23 * hourMs);
    assert.equal(clock.now(), startMs + 46 * hourMs);
    assert.match(said[1], /423.0 days from/);
    pass(hourMs);
    assert.equal(clock.now(), startMs + 425 * dayMs - hourMs);
  });

  it('does not apply an earlier process’s distrust to a different jump', () => {
    const state = { knownMs: startMs, doubtedForMs: 23 * hourMs, aheadMs: 3 * dayMs };
    const { clock, pass } = hold(state, startMs + 420 * dayMs);
    clock.now();
    pass(23 * hourMs);
    assert.equal(clock.now(), startMs + 23 * hourMs);
  });

  it('trusts a clock that agrees with what an earlier process knew', () => {
    const { clock, said } = hold({
      knownMs: startMs - 20 * hourMs,
      doubtedForMs: hourMs,
      aheadMs: 9 * dayMs,
    });
    assert.equal(clock.now(), startMs);
    assert.deepEqual(said, []);
  });
});
