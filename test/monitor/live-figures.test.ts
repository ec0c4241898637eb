import assert from 'node:assert/strict';
import { loadArtifact } from '../../src/model/artifact.ts';
import type { Reference } from '../../src/model/reference.ts';
import { liveDrift } from '../../src/monitor/live-drift.ts';
import { livePerformance } from '../../src/monitor/live-performance.ts';
import { countedVariable } from '../../src/monitor/live-score-shift.ts';
import { liveSegments } from '../../src/monitor/live-segments.ts';
import { createMonitor, type Monitor } from '../../src/monitor/monitor.ts';
import { createPerformance } from '../../src/monitor/performance.ts';
import { performanceReferenceOf, trainingShare } from '../../src/monitor/performance-reference.ts';
import { closeTo } from '../stats/close-to.ts';
import { learntOf } from '../support/model-parts.ts';

const reference: Reference = {
  model: 'm',
  version: '1',
  features: [
    {
      name: 'height',
      bins: { kind: 'numeric', edges: [10, 20] },
      counts: [300, 400, 300, 0],
      range: [1, 29],
    },
    {
      name: 'colour',
      bins: { kind: 'categorical', categories: ['red', 'blue'], grouped: [] },
      counts: [500, 500, 0, 0],
    },
    { name: 'depth', bins: { kind: 'numeric', edges: [1] }, counts: [500, 500, 0] },
  ],
  score: { name: '(score)', bins: { kind: 'numeric', edges: [0.5] }, counts: [600, 400, 0] },
  output: { negative: 'stays', positive: 'leaves', threshold: 0.5 },
};
const usual = { height: 5, colour: 'red', depth: 2 };

describe('the live figures of features', () => {
  it('are unknown without a row', () => {
    const [height] = liveDrift(createMonitor(reference), '1h');
    assert.deepEqual(
      [height.samples, height.missing, height.unseen, height.outsideRange, height.farOutsideRange],
      [0, null, null, null, null],
    );
  });

  it('have the shares of missing, unseen and out-of-range values', () => {
    const monitor = createMonitor(reference);
    monitor.observe(usual, 0.2);
    monitor.observe({ ...usual, height: 30, colour: 'green' }, 0.2);
    monitor.observe({ ...usual, height: 1e300, colour: null }, 0.2);
    monitor.observe({ ...usual, height: -1e300, colour: 'blue' }, 0.2);
    monitor.observe({ ...usual, height: null, colour: 'blue' }, 0.2);
    const [height, colour] = liveDrift(monitor, '1h');
    assert.deepEqual(
      [height.missing, height.unseen, height.outsideRange, height.farOutsideRange],
      [0.2, 0, 0.6, 0.4],
    );
    assert.deepEqual([colour.missing, colour.unseen, colour.outsideRange], [0.2, 0.2, 0]);
  });

  it('take the ends of the range as inside it', () => {
    const monitor = createMonitor(reference);
    const at = (height: number) => monitor.observe({ ...usual, height }, 0.2).outside[0];
    assert.deepEqual([1, 29, 0.99, 29.01].map(at), [0, 0, -1, 1]);
  });

  it('guess the unit of a numeric feature whose range is known, and of no other', () => {
    const monitor = createMonitor(reference);
    for (let i = 0; i < 1000; i++) {
      const height = 1 + (28 * i) / 1000;
      monitor.observe({ height: 1000 * height, colour: 'red', depth: 2000 }, 0.2);
    }
    const [height, colour, depth, score] = liveDrift(monitor, '1h');
    assert.equal(height.unit?.factor, 1000);
    assert.deepEqual([colour.unit, depth.unit, score.unit], [null, null, null]);
  });

  it('have the mean of those values that can be summed', () => {
    const monitor = createMonitor(reference);
    monitor.observe({ ...usual, height: 10 }, 0.2);
    monitor.observe({ ...usual, height: 20 }, 0.2);
    monitor.observe({ ...usual, height: null }, 0.2);
    monitor.observe({ ...usual, height: 1e300 }, 0.2);
    monitor.observe({ ...usual, height: -1e300 }, 0.2);
    monitor.observe({ ...usual, height: -1e300 }, 0.2);
    const { counts, mean, far } = countedVariable(monitor.variables[0], monitor.window('1h'));
    assert.deepEqual(Array.from(counts), [3, 1, 1, 1]);
    assert.equal(mean, 15);
    assert.deepEqual(far, [2, 1]);
    const none = createMonitor(reference);
    assert.equal(countedVariable(none.variables[0], none.window('1h')).mean, null);
  });
});

describe('the counters of a variable', () => {
  const counters = (monitor: Monitor, place: number) => {
    const { totals, variables } = monitor;
    const { below, above, farBelow, farAbove, sum, zeros, logSum } = variables[place];
    return [below, above, farBelow, farAbove, sum, zeros, logSum].map((at) => totals[at]);
  };

  it('hold the zeros of a numeric feature apart from the logarithms of its other values', () => {
    const monitor = createMonitor(reference);
    for (const height of [0, Math.E, -Math.E, 2, null, Number.NaN, 'tall']) {
      monitor.observe({ ...usual, height }, 0.2);
    }
    const [below, above, farBelow, farAbove, sum, zeros, logSum] = counters(monitor, 0);
    assert.deepEqual([below, above, farBelow, farAbove, zeros], [2, 0, 0, 0, 1]);
    closeTo(sum, 2);
    closeTo(logSum, 2 + Math.log(2));
  });

  it('take no value as outside a range that is not known', () => {
    const monitor = createMonitor(reference);
    for (const depth of [-1e300, 1e300]) {
      assert.equal(monitor.observe({ ...usual, depth }, 0.2).outside[2], 0);
    }
    assert.deepEqual(counters(monitor, 2).slice(0, 2), [0, 0]);
  });

  it('stay 0 for a category, also if it is a number', () => {
    const features = [
      {
        name: 'code',
        bins: { kind: 'categorical' as const, categories: ['0', '7'], grouped: [] },
        counts: [500, 500, 0, 0],
      },
    ];
    const monitor = createMonitor({ ...reference, features });
    monitor.observe({ code: 0 }, 0.2);
    monitor.observe({ code: 7 }, 0.2);
    assert.deepEqual([...monitor.totals.slice(0, 2)], [1, 1]);
    assert.deepEqual(counters(monitor, 0), [0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('the predictions of a monitor', () => {
  it('are counted by class, which follows from the score unless it is given', () => {
    const monitor = createMonitor(reference);
    monitor.observe(usual, 0.4);
    monitor.observe(usual, 0.5);
    monitor.observe(usual, 0.9);
    monitor.observe(usual, 0.9, 0);
    assert.deepEqual([...monitor.counts.predictions], [2, 2]);
  });

  it('need classes with different names', () => {
    const output = { negative: 'same', positive: 'same', threshold: 0.5 };
    assert.throws(
      () => createMonitor({ ...reference, output }),
      new RangeError('both classes of the output have the name "same"'),
    );
  });
});

describe('the live figures of segments', () => {
  const segments = [
    {
      feature: 'colour',
      variables: [
        {
          name: 'height',
          counts: [
            [150, 200, 150, 0],
            [150, 200, 150, 0],
          ],
        },
        {
          name: 'depth',
          counts: [
            [250, 250, 0],
            [250, 250, 0],
          ],
        },
        {
          name: '(score)',
          counts: [
            [300, 200, 0],
            [300, 200, 0],
          ],
        },
      ],
    },
  ];

  it('are none for a model without segments', () => {
    assert.deepEqual(liveSegments(createMonitor(reference), '1h'), []);
  });

  it('have the worst segment first, and its worst variable first, whose verdict is its own', () => {
    const monitor = createMonitor({ ...reference, segments });
    for (let i = 0; i < 1000; i++) {
      const height = [5, 15, 15, 25, 5, 15, 25, 15, 5, 25][i % 10];
      const [depth, score] = [i % 2 ? 0.5 : 2, i % 5 < 3 ? 0.2 : 0.8];
      monitor.observe({ height, colour: 'red', depth }, score);
      monitor.observe({ height, colour: 'blue', depth: 2 }, score);
    }
    const [worst, other] = liveSegments(monitor, '1h');
    assert.equal(worst.samples, 1000);
    assert.deepEqual(
      [worst.feature, worst.verdict, worst.variables[0].name],
      ['colour', 'drifting', 'depth'],
    );
    assert.deepEqual(
      other.variables.map(({ verdict }) => verdict),
      ['stable', 'stable', 'stable'],
    );
    assert.equal(other.verdict, 'stable');
  });
});

describe('the live performance of a model', () => {
  it('has neither an expectation nor an estimate without a calibration', () => {
    const performance = createPerformance({
      model: 'm',
      version: '1',
      classes: ['no', 'yes'],
      threshold: 0.5,
      scoreEdges: [0.5],
    });
    performance.addPrediction(0.7);
    performance.addOutcome(0.7, 1);
    const live = livePerformance(performance, undefined);
    assert.deepEqual(
      [live.estimated, live.observedExpected, live.calibration, live.scoreMean],
      [null, null, null, null],
    );
    assert.equal(live.realised.samples, 1);
    assert.equal(performance.slowOutcomes(), null);
  });

  it('is over all outcomes, or over a window of them', async () => {
    let nowMs = 0;
    const artifact = await loadArtifact('models/credit.json');
    const performance = createPerformance(performanceReferenceOf(artifact), 0, () => nowMs);
    performance.addPrediction(0.7);
    performance.addOutcome(0.7, 1);
    nowMs = 30 * 60_000;
    performance.addPrediction(0.3);
    performance.addOutcome(0.3, 0);
    const { bins } = learntOf(artifact);
    const all = livePerformance(performance, bins);
    assert.equal(all.realised.samples, 2);
    assert.equal(all.observedExpected?.observed, 1);
    assert.equal(all.estimated?.samples, 2);
    assert.notEqual(all.calibration, null);
    assert.notEqual(all.scoreMean, null);
    assert.equal(livePerformance(performance, bins, '10m').realised.samples, 1);
  });

  it('counts a prediction whose outcome is due, though nothing was counted since', () => {
    const performance = createPerformance(
      { model: 'm', version: '1', classes: ['no', 'yes'], threshold: 0.5, scoreEdges: [0.5] },
      1000,
    );
    performance.addPrediction(0.7, Date.now() - 5000);
    assert.equal(livePerformance(performance, undefined).coverage.all.predictions, 1);
  });

  it('is compared with training as long as its rows are the reference', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const { positives, rows } = learntOf(artifact);
    const share = trainingShare(artifact);
    assert.deepEqual([share?.positives, share?.rows], [positives, rows]);
    assert.deepEqual(performanceReferenceOf(artifact).training, share);
    const newer = { ...artifact, rebaseline: {} as NonNullable<typeof artifact.rebaseline> };
    assert.equal(trainingShare(newer), undefined);
    assert.equal('training' in performanceReferenceOf(newer), false);
  });
});
