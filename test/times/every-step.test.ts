import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { everyStep } from '../../src/times/every-step.ts';

describe('everyStep', () => {
  const times: number[] = [];
  let end = () => {};

  beforeEach(() => {
    times.length = 0;
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_100 });
    end = everyStep(1_000, (timeMs) => times.push(timeMs));
  });
  afterEach(() => {
    end();
    mock.timers.reset();
  });

  it('works at each multiple of the step by the wall clock, until it is ended', () => {
    mock.timers.tick(899);
    assert.deepEqual(times, []);
    mock.timers.tick(1);
    mock.timers.tick(1_000);
    assert.deepEqual(times, [1_001_000, 1_002_000]);
    end();
    mock.timers.tick(5_000);
    assert.equal(times.length, 2);
  });

  it('goes on with the present where the clock was set', () => {
    mock.timers.setTime(1_500_300);
    mock.timers.tick(900);
    assert.deepEqual(times.at(-1), 1_501_000);
    mock.timers.tick(1_000);
    assert.deepEqual(times.at(-1), 1_502_000);
  });
});
