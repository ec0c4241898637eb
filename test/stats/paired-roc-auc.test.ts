import assert from 'node:assert/strict';
import { type PairedScores, pairedRocAuc } from '../../src/stats/paired-roc-auc.ts';
import { createRandom } from '../../src/stats/random.ts';
import { rocAuc } from '../../src/stats/roc-auc.ts';
import { closeTo } from './close-to.ts';

type Drawn = PairedScores & { readonly outcomes: readonly number[] };

/** Rows of two models that look at the same signal, each with its own noise; the scores are rounded, so that some tie. */
function draw(rows: number, random: () => number, noise: readonly [number, number] = [1, 1]): Drawn {
  const outcomes = Array.from({ length: rows }, () => (random() < 0.3 ? 1 : 0));
  const signals = outcomes.map((outcome) => outcome + normal(random));
  const score = (signal: number, spread: number) =>
    Math.round(50 / (1 + Math.exp(-signal - spread * normal(random)))) / 50;
  return {
    outcomes,
    first: signals.map((signal) => score(signal, noise[0])),
    second: signals.map((signal) => score(signal, noise[1])),
    positives: outcomes,
    negatives: outcomes.map((outcome) => 1 - outcome),
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** DeLong's difference and its variance by their definition: every positive beside every negative. */
function byDefinition({ first, second, outcomes }: Drawn): { value: number; variance: number } {
  const places = (outcome: number) => outcomes.flatMap((one, i) => (one === outcome ? [i] : []));
  const [negatives, positives] = [places(0), places(1)];
  const wins = (scores: ArrayLike<number>, i: number, j: number) =>
    scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
  const exceeds = (i: number, j: number) => wins(second, i, j) - wins(first, i, j);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const sampleVariance = (values: number[]) =>
    (mean(values.map((value) => (value - mean(values)) ** 2)) * values.length) / (values.length - 1);
  const ofPositives = positives.map((i) => mean(negatives.map((j) => exceeds(i, j))));
  const ofNegatives = negatives.map((j) => mean(positives.map((i) => exceeds(i, j))));
  return {
    value: mean(ofPositives),
    variance: sampleVariance(ofPositives) / positives.length + sampleVariance(ofNegatives) / negatives.length,
  };
}

const reachOf = ({ difference }: ReturnType<typeof pairedRocAuc>) =>
  ((difference?.high ?? Number.NaN) - (difference?.low ?? Number.NaN)) / 2;

describe('the paired difference of two areas under the ROC curve', () => {
  it('has the areas of the two, and the variance that the definition gives', () => {
    const drawn = draw(300, createRandom(1));
    const found = pairedRocAuc(drawn);
    closeTo(found.first, rocAuc(drawn.first, drawn.outcomes) ?? Number.NaN);
    closeTo(found.second, rocAuc(drawn.second, drawn.outcomes) ?? Number.NaN);
    const { value, variance } = byDefinition(drawn);
    closeTo(found.difference?.value ?? null, value);
    closeTo(reachOf(found), 1.96 * Math.sqrt(variance));
  });

  it('is as wide as a bootstrap of the rows', () => {
    const random = createRandom(2);
    const drawn = draw(500, random, [0.5, 1.5]);
    const values = Array.from({ length: 400 }, () => {
      const rows = drawn.outcomes.map(() => Math.floor(drawn.outcomes.length * random()));
      const outcomes = rows.map((row) => drawn.outcomes[row]);
      const areaOf = (scores: ArrayLike<number>) =>
        rocAuc(
          rows.map((row) => scores[row]),
          outcomes,
        ) ?? Number.NaN;
      return areaOf(drawn.second) - areaOf(drawn.first);
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399);
    const ratio = reachOf(pairedRocAuc(drawn)) / (1.96 * deviation);
    // 400 resamples tell a deviation to within 4 %
    assert.ok(ratio > 0.88 && ratio < 1.12, `${ratio}`);
  });

  it('has the difference within its interval 95 times of a hundred', () => {
    const random = createRandom(3);
    let held = 0;
    for (let trial = 0; trial < 1_000; trial++) {
      const { difference } = pairedRocAuc(draw(150, random));
      if (difference && difference.low <= 0 && difference.high >= 0) held++;
    }
    assert.ok(held > 930 && held < 970, `${held / 10} %`);
  });

  it('is the same for rows that are counted together', () => {
    const drawn = draw(300, createRandom(4));
    const cells = Map.groupBy(drawn.outcomes.keys(), (i) => `${drawn.first[i]} ${drawn.second[i]}`);
    const counted = [...cells.values()].map((rows) => ({
      first: drawn.first[rows[0]],
      second: drawn.second[rows[0]],
      positives: rows.filter((row) => drawn.outcomes[row] === 1).length,
      rows: rows.length,
    }));
    assert.ok(counted.length < 300);
    const found = pairedRocAuc({
      first: counted.map(({ first }) => first),
      second: counted.map(({ second }) => second),
      positives: counted.map(({ positives }) => positives),
      negatives: counted.map(({ positives, rows }) => rows - positives),
    });
    const expected = pairedRocAuc(drawn);
    closeTo(found.difference?.value ?? null, expected.difference?.value ?? Number.NaN);
    closeTo(reachOf(found), reachOf(expected));
  });

  it('gives nothing without both outcomes, and no difference for few', () => {
    const none = pairedRocAuc({ first: [], second: [], positives: [], negatives: [] });
    assert.deepEqual(none, { first: null, second: null, difference: null });
    for (const [positives, negatives] of [
      [
        [0, 0],
        [1, 2],
      ],
      [
        [1, 2],
        [0, 0],
      ],
    ]) {
      assert.deepEqual(pairedRocAuc({ first: [0, 1], second: [1, 0], positives, negatives }), none);
    }
    const rows = (positives: number) => ({
      first: [0, 1],
      second: [1, 0],
      positives: [0, positives],
      negatives: [30, 0],
    });
    assert.deepEqual(pairedRocAuc(rows(29)), { first: 1, second: 0, difference: null });
    assert.deepEqual(pairedRocAuc(rows(30)).difference, { value: -1, low: -1, high: -1 });
  });
});
