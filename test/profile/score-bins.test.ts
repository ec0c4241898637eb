import assert from 'node:assert/strict';
import { drawNormal } from '../../bench/draw-normal.ts';
import { comparedWith, heldOutRocAuc } from '../../src/monitor/performance-comparison.ts';
import { scoreBandEdges, scoreBandOf, sumByScoreBand } from '../../src/monitor/score-bands.ts';
import { logistic } from '../../src/predictors/logistic/score.ts';
import { binScores } from '../../src/profile/score-bins.ts';
import { equalWidthEdges, numericBinIndex } from '../../src/stats/binning.ts';
import { createRandom } from '../../src/stats/random.ts';
import { rocAuc } from '../../src/stats/roc-auc.ts';

const certain = { scores: [0, 1], probabilities: [0, 1] };

const edgesOf = (scores: readonly number[]) => binScores(scores, scores.map(Math.round), certain).edges;

/** Scores that are the true probabilities; `mean` of the log-odds sets how rare positives are. */
function draw(rows: number, mean: number, deviation: number) {
  const random = createRandom(7);
  const scores = Float64Array.from({ length: rows }, () => {
    return logistic(mean + deviation * drawNormal(random));
  });
  return { scores, outcomes: Uint8Array.from(scores, (score) => (random() < score ? 1 : 0)) };
}

describe('score bins', () => {
  const worlds = [
    [0.3, -1, 1.2],
    [0.03, -4, 1.2],
    [0.01, -5.2, 1.2],
    [0.001, -7.6, 1.2],
    [0.999, 7.6, 1.2],
  ] as const;
  for (const [share, mean, deviation] of worlds) {
    it(`give the AUC of the scores if ${100 * share} % are positive (spread ${deviation})`, () => {
      const { scores, outcomes } = draw(200_000, mean, deviation);
      const bins = binScores(scores, outcomes, certain);
      assert.equal(bins.counts.length, 50);
      const binned = heldOutRocAuc(bins);
      const exact = rocAuc(scores, outcomes);
      assert.ok(binned !== null && exact !== null);
      assert.ok(Math.abs(binned.value - exact) < 0.005, `${binned.value} for ${exact}`);
      assert.ok(binned.maxError < 0.0125, `bound ${binned.maxError}`);
    });
  }

  it('are within their bound of a model that hardly ever errs', () => {
    const { scores, outcomes } = draw(200_000, -14, 4);
    const binned = heldOutRocAuc(binScores(scores, outcomes, certain));
    const exact = rocAuc(scores, outcomes);
    assert.ok(binned !== null && exact !== null && exact > 0.99 && binned.maxError < 0.0125);
    assert.ok(Math.abs(binned.value - exact) < binned.maxError);
  });

  it('lie between the scores, with none of them in the outermost bins', () => {
    const { scores, outcomes } = draw(1000, -3, 1);
    const { edges, counts } = binScores(scores, outcomes, certain);
    const known = new Set(scores);
    assert.ok(edges.every((edge, i) => !known.has(edge) && (i === 0 || edge > edges[i - 1])));
    assert.deepEqual([counts[0], counts.at(-1)], [0, 0]);
    assert.ok(counts.slice(1, -1).every((count) => count === 20 || count === 21));
  });

  it('merge where scores are equal, and are one each where there are few', () => {
    assert.deepEqual(edgesOf([]), []);
    assert.deepEqual(edgesOf([0.5, 0.5, 0.5]), [0.25, 0.75]);
    assert.deepEqual(edgesOf([0.2, 0.2, 0.6, 0.4, 0.4]), [0.1, 0.3, 0.5, 0.8]);
    const mostly = Float64Array.from({ length: 1000 }, (_, i) => (i < 700 ? 0.1 : 0.2 + i / 2000));
    const { counts } = binScores(mostly, new Uint8Array(1000), certain);
    assert.ok(counts.length < 20);
    assert.deepEqual(
      counts.slice(0, 2).map((count) => count >= 700),
      [false, true],
    );
  });

  it('omit an outermost bin for which there is no room', () => {
    assert.deepEqual(edgesOf([0, 0.5, 1]), [0.3, 0.8]);
    assert.deepEqual(edgesOf([Number.MIN_VALUE, 1 - Number.EPSILON / 2]), [0.5]);
  });

  it('are too coarse to compare the AUC if they have equal widths and positives are rare', () => {
    const estimate = { value: 0.8, standardError: 0.02 };
    const evaluation = { accuracy: estimate, rocAuc: estimate };
    const { scores, outcomes } = draw(50_000, -5.2, 1.2);
    const fine = binScores(scores, outcomes, certain);
    const edges = equalWidthEdges(0, 1, 50);
    const coarse = { edges, counts: new Array(50).fill(0), positives: new Array(50).fill(0) };
    for (const [i, score] of scores.entries()) {
      coarse.counts[numericBinIndex(edges, score)]++;
      coarse.positives[numericBinIndex(edges, score)] += outcomes[i];
    }
    assert.equal(comparedWith(evaluation, coarse).rocAuc, null);
    const { rocAuc: compared, accuracy } = comparedWith(evaluation, fine);
    assert.equal(compared?.value, heldOutRocAuc(fine)?.value);
    assert.equal(compared?.standardError, 0.02);
    assert.equal(accuracy, estimate);
    assert.equal(comparedWith(evaluation, { counts: [5, 5], positives: [0, 0] }).rocAuc, null);
  });
});

describe('score bands', () => {
  it('are of five bins each where there are fifty, and of one where there are at most ten', () => {
    assert.deepEqual([...sumByScoreBand(new Array(50).fill(1))], new Array(10).fill(5));
    assert.deepEqual([...sumByScoreBand([3, 1, 2])], [3, 1, 2]);
    for (let bins = 1; bins <= 50; bins++) {
      const edges = Array.from({ length: bins - 1 }, (_, i) => i + 1);
      const bandEdges = scoreBandEdges(edges);
      assert.equal(bandEdges.length + 1, sumByScoreBand(new Array(bins).fill(1)).length);
      for (let bin = 0; bin < bins; bin++) {
        assert.equal(numericBinIndex(bandEdges, bin + 0.5), scoreBandOf(bin, bins));
      }
    }
  });
});
