import assert from 'node:assert/strict';
import type { Reference } from '../../src/model/reference.ts';
import { judgeTrust } from '../../src/monitor/estimate-trust.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createPerformance } from '../../src/monitor/performance.ts';
import { equalWidthEdges } from '../../src/stats/binning.ts';
import { createRandom } from '../../src/stats/random.ts';

const scoreEdges = equalWidthEdges(0, 1, 10);
const scoreBins = {
  counts: [0, 150, 150, 150, 150, 150, 150, 100, 0, 0],
  positives: [0, 10, 20, 30, 40, 50, 60, 60, 0, 0],
  expected: [0, 10, 20, 30, 40, 50, 60, 60, 0, 0],
};

function reference(effects?: readonly number[]): Reference {
  return {
    model: 'm',
    version: '1',
    features: [
      {
        name: 'height',
        bins: { kind: 'numeric', edges: [10, 20] },
        counts: [300, 400, 300, 0],
        range: [0, 30],
        ...(effects && { effects }),
      },
      {
        name: 'colour',
        bins: { kind: 'categorical', categories: ['red', 'blue'], grouped: [] },
        counts: [600, 399, 0, 1],
      },
    ],
    score: {
      name: '(score)',
      bins: { kind: 'numeric', edges: scoreEdges },
      counts: [...scoreBins.counts, 0],
    },
  };
}

/** The counts of the scores of a model whose calibration leaves no score certain. */
const counting = () =>
  createPerformance({
    model: 'm',
    version: '1',
    classes: ['no', 'yes'],
    threshold: 0.5,
    scoreEdges,
    calibration: { scores: [0, 1], probabilities: [0.05, 0.95] },
  });

type Traffic = {
  readonly requests?: number;
  /** Shares of values in another unit, of new names, and of scores above all those of training. */
  readonly metres?: number;
  readonly newNames?: number;
  readonly certain?: number;
  readonly effects?: readonly number[];
};

function judge({ requests = 1000, metres = 0, newNames = 0, certain = 0, effects }: Traffic) {
  const monitor = createMonitor(reference(effects));
  const performance = counting();
  const random = createRandom(1);
  for (let i = 0; i < requests; i++) {
    const score = i < certain * requests ? 0.95 : 0.1 + 0.6 * random();
    const height = 30 * random();
    monitor.observe(
      {
        height: i < metres * requests ? 100 * height + 100 : height,
        colour: i < newNames * requests ? `new ${i}` : random() < 0.6 ? 'red' : 'blue',
      },
      score,
    );
    performance.addPrediction(score);
  }
  return judgeTrust(performance.cells, performance.sums, scoreBins, monitor, monitor.totals);
}

/**
 * The score bins, given the number of training rows in each, that cast doubt on an estimate if all live scores are in
 * them.
 */
function doubtedBins(counts: number[]): number[] {
  // the threshold cuts the last bin
  const cells = [...counts.keys(), counts.length - 1].map((bin, i) => ({
    bin,
    isPositive: i === counts.length,
  }));
  return [...counts.keys()].filter((at) => {
    const predictions = new Float64Array(cells.length);
    predictions[at] = 500;
    return !judgeTrust(cells, { predictions }, { counts }).isTrusted;
  });
}

describe('an estimate', () => {
  it('is trusted while inputs and scores are as in training', () => {
    assert.deepEqual(judge({}), { isTrusted: true, reasons: [] });
  });

  it('is in doubt while inputs lie outside what training has seen, and says which', () => {
    assert.deepEqual(judge({ metres: 0.05 }), {
      isTrusted: false,
      reasons: ['5.0 % of height lies outside the range of the reference'],
    });
    assert.deepEqual(judge({ newNames: 0.05 }).reasons, ['5.0 % of colour is of no known category']);
  });

  it('is in doubt while scores come where the calibration had hardly any rows', () => {
    const reason = '20.0 % of the scores are where the reference has hardly any';
    assert.deepEqual(judge({ certain: 0.2 }).reasons, [reason]);
    assert.deepEqual(judge({ certain: 0.04 }).reasons, []);
    assert.deepEqual(judge({ certain: 0.2, metres: 0.05 }).reasons.length, 2);
  });

  it('does not depend on a feature that brings the same to every score', () => {
    assert.ok(judge({ metres: 0.05, effects: [0, 0, 0, 0] }).isTrusted);
    assert.ok(!judge({ metres: 0.05, effects: [-0.1, 0, 0.1, 0] }).isTrusted);
  });

  it('is not doubted because of a few requests', () => {
    assert.ok(judge({ requests: 200, metres: 0.1, certain: 0.5 }).isTrusted);
  });

  it('is judged by its scores alone if its inputs are not counted', () => {
    const { cells, sums } = counting();
    sums.predictions[10] = 500;
    assert.equal(judgeTrust(cells, sums, scoreBins).reasons.length, 1);
  });

  it('is not in doubt over a score bin only because training had few rows', () => {
    assert.deepEqual(doubtedBins([0, ...new Array<number>(48).fill(4), 0]), [0, 49]);
    assert.deepEqual(doubtedBins([19, 20, 5000]), [0]);
  });
});
