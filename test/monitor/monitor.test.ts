import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Reference } from '../../src/model/reference.ts';
import { findUnusual } from '../../src/monitor/findings.ts';
import { liveDrift } from '../../src/monitor/live-drift.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { countBins } from '../../src/stats/binning.ts';
import { measureDrift } from '../../src/stats/drift.ts';

const reference: Reference = {
  model: 'm',
  version: '1',
  features: [
    { name: 'height', bins: { kind: 'numeric', edges: [10, 20] }, counts: [30, 40, 30, 0], range: [1, 29] },
    {
      name: 'colour',
      bins: { kind: 'categorical', categories: ['red', 'blue'], grouped: ['grey', 'black'] },
      counts: [50, 30, 20, 0, 0],
    },
  ],
  score: { name: '(score)', bins: { kind: 'numeric', edges: [0.5] }, counts: [60, 40, 0] },
};

const rows = fc.array(
  fc.record({
    height: fc.oneof(fc.double({ min: -50, max: 50, noNaN: true }), fc.constant(null)),
    colour: fc.constantFrom('red', 'blue', 'grey', 'black', 'never seen', null),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { maxLength: 200 },
);

describe('the monitor', () => {
  it('counts by the bins, and measures drift by the one definition', () => {
    fc.assert(
      fc.property(rows, (batch) => {
        const monitor = createMonitor(reference);
        for (const row of batch) monitor.observe(row, row.score);
        const [height, colour, score] = liveDrift(monitor, '24h');
        const expected = [
          countBins(
            reference.features[0].bins,
            batch.map((row) => row.height),
          ),
          countBins(
            reference.features[1].bins,
            batch.map((row) => row.colour),
          ),
          countBins(
            reference.score.bins,
            batch.map((row) => row.score),
          ),
        ];
        [height, colour, score].forEach((drift, i) => {
          const variable = [...reference.features, reference.score][i];
          assert.deepEqual(
            drift.bins.map(({ live }) => live),
            expected[i],
          );
          const { psi, verdict, samples } = measureDrift(variable.bins, variable.counts, expected[i]);
          assert.equal(drift.psi, psi);
          assert.equal(drift.verdict, verdict);
          assert.equal(samples, batch.length);
        });
        if (batch.length === 0) return;
        const beyond = batch.filter((row) => row.height !== null && (row.height < 1 || row.height > 29));
        assert.equal(height.outsideRange, beyond.length / batch.length);
      }),
    );
  });

  it('names what is unusual in a row', () => {
    const monitor = createMonitor(reference);
    const find = (height: unknown, colour: unknown) =>
      findUnusual(monitor, monitor.observe({ height, colour }, 0.5));
    assert.deepEqual(find(5, 'grey'), { missing: [], unseen: [], outsideRange: [] });
    assert.deepEqual(find(0.5, 'green'), { missing: [], unseen: ['colour'], outsideRange: ['height'] });
    assert.deepEqual(find(null, undefined), { missing: ['height', 'colour'], unseen: [], outsideRange: [] });
    assert.deepEqual(find(29.5, 'red'), { missing: [], unseen: [], outsideRange: ['height'] });
  });

  it('refuses a score that is not a finite number, and counts nothing of its row', () => {
    const monitor = createMonitor(reference);
    monitor.observe({ height: 5, colour: 'red' }, 0.1);
    const before = monitor.totals.slice();
    for (const score of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      undefined,
      null,
      '0.5',
    ]) {
      assert.throws(() => monitor.observe({ height: 5, colour: 'blue' }, score as number), {
        name: 'RangeError',
        message: `the score must be a finite number, got ${score}`,
      });
    }
    assert.deepEqual(monitor.totals, before);
  });

  it('refuses a class that does not exist, and counts nothing of its row', () => {
    const output = { negative: 'stays', positive: 'leaves', threshold: 0.5 };
    for (const [of, places] of [
      [reference, [1, -1, 0.5]],
      [{ ...reference, output }, [2, -1, true]],
    ] as const) {
      const monitor = createMonitor(of);
      for (const place of places) {
        assert.throws(() => monitor.observe({ height: 5, colour: 'red' }, 0.1, place as number), {
          name: 'RangeError',
          message: `there is no class with the index ${place}`,
        });
      }
      assert.ok([...monitor.totals, ...monitor.counts.predictions].every((count) => count === 0));
      assert.equal(monitor.observe({ height: 5, colour: 'red' }, 0.1, 0).predictedClass, 0);
    }
  });

  it('refuses a reference in which two variables have the same name', () => {
    const [height, colour] = reference.features;
    for (const features of [[height, colour, height], [{ ...height, name: '(score)' }]]) {
      assert.throws(() => createMonitor({ ...reference, features }), /two variables with the name "/);
    }
  });

  it('ignores keys that the reference does not know', () => {
    const monitor = createMonitor(reference);
    monitor.observe({ height: 5, colour: 'red', more: 1 }, 0.1);
    assert.equal(
      monitor.totals.reduce((sum, count) => sum + count, 0),
      3 + 5 + Math.log(5) + 0.1,
    );
  });
});
