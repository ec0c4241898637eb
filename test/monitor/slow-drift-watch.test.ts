import assert from 'node:assert/strict';
import type { Reference } from '../../src/model/reference.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createRandom } from '../../src/stats/random.ts';
import { createSlowDrift, slowDriftRule } from '../../src/stats/slow-drift.ts';

const dayMs = 86_400_000;
const edges = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const tenths = Array<number>(10).fill(100);

const reference: Reference = {
  model: 'm',
  version: '1',
  features: [
    { name: 'height', bins: { kind: 'numeric', edges }, counts: [...tenths, 5] },
    {
      name: 'colour',
      bins: { kind: 'categorical', categories: ['red', 'blue'], grouped: [] },
      counts: [50, 50, 0, 0],
    },
    { name: 'empty', bins: { kind: 'numeric', edges: [] }, counts: [0, 10] },
  ],
  score: { name: '(score)', bins: { kind: 'numeric', edges }, counts: [...tenths, 0] },
};

/** A monitor whose clock the test holds. */
function start() {
  let nowMs = 5_000;
  const monitor = createMonitor(reference, () => nowMs);
  const random = createRandom(3);
  return {
    monitor,
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** Counts rows of a day and gives the counts of their heights. */
    observe(rows: number, height: () => number) {
      const counts = Array<number>(10).fill(0);
      for (let i = 0; i < rows; i++) {
        const value = height();
        counts[Math.ceil(value) - 1]++;
        monitor.observe({ height: value, colour: 'red', empty: 1 }, 10 * random() || 1);
      }
      // missing values are not bet on
      monitor.observe({ height: null, colour: 'red', empty: 1 }, 5);
      return counts;
    },
    flat: () => Math.floor(random() * 10) + 0.5,
    low: () => Math.floor(random() ** 2 * 10) + 0.5,
  };
}

describe('slow drift in the service', () => {
  it('settles the bets of each day at its end, whether or not requests arrive then', () => {
    const { monitor, pass, observe, flat, low } = start();
    const expected = createSlowDrift(tenths) ?? assert.fail('the reference has values');
    const heightOf = () =>
      monitor.slowDrift().variables.find(({ name }) => name === 'height') ?? assert.fail('not there');
    let day = 0;
    const days = (until: number, rows: number, height: () => number) => {
      for (; day < until; day++) {
        expected.addDay(observe(rows, height), day);
        assert.equal(monitor.slowDrift().days, day, 'a day counts when it is over');
        pass(dayMs);
      }
    };
    days(10, 20, flat);
    assert.equal(heightOf().evidence, expected.evidence());
    // five days without a request change nothing
    pass(5 * dayMs);
    day += 5;
    assert.deepEqual([monitor.slowDrift().days, heightOf().evidence], [15, expected.evidence()]);
    days(40, 20, low);
    assert.equal(heightOf().evidence, expected.evidence());
    assert.ok(expected.evidence() >= slowDriftRule.threshold);
    assert.deepEqual(heightOf(), {
      name: 'height',
      evidence: expected.evidence(),
      direction: 'falls',
      forDays: 25,
    });
  });

  it('counts what comes just before the end of a day to that day, and what comes at it to the next', () => {
    const { monitor, pass, observe, low } = start();
    const expected = createSlowDrift(tenths) ?? assert.fail('the reference has values');
    pass(dayMs - 1);
    expected.addDay(observe(30, low), 0);
    pass(1);
    observe(30, low);
    assert.equal(
      monitor.slowDrift().variables.find(({ name }) => name === 'height')?.evidence,
      expected.evidence(),
    );
  });

  it('watches numbers and the score, not categories, nor what the reference has no values of', () => {
    const { monitor, pass, observe, low } = start();
    for (let day = 0; day < 30; day++) {
      observe(20, low);
      pass(dayMs);
    }
    const { variables } = monitor.slowDrift();
    assert.deepEqual(
      variables.map(({ name, direction }) => [name, direction]),
      [
        ['height', 'falls'],
        ['(score)', null],
      ],
    );
  });
});
