import assert from 'node:assert/strict';
import { describeSlice, describeSlices } from '../../src/evaluation/describe-slices.ts';
import { sliceBy } from '../../src/evaluation/slices.ts';
import { type Bin, binsOf, equalWidthEdges } from '../../src/stats/binning.ts';
import { createRandom } from '../../src/stats/random.ts';

const [few, ...named] = binsOf({
  kind: 'categorical',
  categories: ['few', 'a', 'b', 'c', 'd', 'e'],
  grouped: [],
});
const branches: Record<string, Bin> = Object.fromEntries([...'abcde'].map((name, i) => [name, named[i]]));

/** Rows scored with their true probability, but for a slice whose outcomes are drawn at random. */
function labelled(seed: number, { count = 3000, broken = '' } = {}) {
  const random = createRandom(seed);
  const rows = Array.from({ length: count }, () => {
    const slice = 'abcde'[Math.floor(5 * random())];
    const score = random();
    const outcome = random() < (slice === broken ? 0.5 : score) ? 1 : 0;
    return { slice, score, prediction: score >= 0.5 ? 1 : 0, outcome };
  });
  return {
    bins: rows.map(({ slice }) => branches[slice]),
    rows: {
      scores: rows.map(({ score }) => score),
      predictions: rows.map(({ prediction }) => prediction),
      outcomes: rows.map(({ outcome }) => outcome),
      slices: new Map(),
    },
  };
}

const options = { withheld: {}, bandEdges: equalWidthEdges(0, 1, 10), wholeNumbers: false };

describe('slices of an evaluation', () => {
  it('say where the model does worse, by how much, and how many were compared', () => {
    const { bins, rows } = labelled(1, { broken: 'c' });
    const slices = sliceBy('branch', bins, rows, options);
    assert.deepEqual(
      slices.map(({ bin, verdict }) => `${bin.label} ${verdict}`),
      ['= a level', '= b level', '= c below', '= d level', '= e level'],
    );
    const [, , worse] = slices;
    assert.deepEqual(
      worse.below.map(({ figure }) => figure),
      ['accuracy', 'precision', 'recall', 'rocAuc'],
    );
    const [{ rest, standardErrors }] = worse.below;
    const n = worse.samples;
    const right = rows.outcomes.filter(
      (outcome, i) => bins[i] !== branches.c && outcome === rows.predictions[i],
    ).length;
    assert.equal(rest, right / (3000 - n));
    const all = (right + (worse.accuracy as number) * n) / 3000;
    const error = Math.sqrt(all * (1 - all) * (1 / n + 1 / (3000 - n)));
    assert.ok(Math.abs(standardErrors - (rest - (worse.accuracy as number)) / error) < 1e-9);
    const { low, high } = worse.intervals.accuracy as { low: number; high: number };
    assert.ok(low < (worse.accuracy as number) && (worse.accuracy as number) < high && high < rest);
    assert.match(
      describeSlice(worse) ?? '',
      /^Below the rest: accuracy 0\.\d{3} \(0\.\d{3} – 0\.\d{3}\) against 0\.\d{3}, \d+\.\d standard errors; precision /,
    );
    assert.match(
      describeSlices(slices),
      /^5 slices, each compared .* in 4 figures\. 1 is below the rest by more than 4 standard errors; chance alone .* fewer than 1 of 1,500 such/,
    );
  });

  it('flag none if the model does equally well in all', () => {
    let accused = 0;
    for (let seed = 0; seed < 30; seed++) {
      const { bins, rows } = labelled(100 + seed, { count: 600 });
      accused += sliceBy('branch', bins, rows, options).filter(({ verdict }) => verdict === 'below').length;
    }
    assert.equal(accused, 0);
  });

  it('do not judge by few rows, however wrong these are', () => {
    const { bins, rows } = labelled(1);
    const some = bins.map((bin, i) => (i < 8 ? few : bin));
    const predictions = rows.predictions.map((prediction, i) => (i < 8 ? 1 - rows.outcomes[i] : prediction));
    const found = sliceBy('branch', some, { ...rows, predictions }, options).find(({ bin }) => bin === few);
    assert.equal(found?.accuracy, 0);
    assert.equal(found?.verdict, 'undetermined');
  });

  it('skip rows with unknown values, and figures that are undefined', () => {
    const { bins, rows } = labelled(1, { broken: 'c' });
    const some = bins.map((bin, i) => (i % 2 === 0 ? bin : null));
    const slices = sliceBy('branch', some, rows, {
      ...options,
      withheld: { accuracy: null, recall: null, f1: null, rocAuc: null },
    });
    assert.equal(
      slices.reduce((sum, { samples }) => sum + samples, 0),
      1500,
    );
    for (const { accuracy, intervals, below } of slices) {
      assert.equal(accuracy, null);
      assert.equal(intervals.accuracy, null);
      assert.ok(below.every(({ figure }) => figure === 'precision'));
    }
  });
});
