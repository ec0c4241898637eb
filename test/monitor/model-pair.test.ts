import assert from 'node:assert/strict';
import { createModelPair, type Said } from '../../src/monitor/model-pair.ts';
import { numericBinIndex } from '../../src/stats/binning.ts';
import { pairedMeanDifference, pairedShareDifference } from '../../src/stats/paired-difference.ts';
import { pairedRocAuc } from '../../src/stats/paired-roc-auc.ts';
import { createRandom } from '../../src/stats/random.ts';
import { closeTo } from '../stats/close-to.ts';

describe('what is counted of a champion and its shadow', () => {
  it('gives the AUC of both over the bins of each, and their difference', () => {
    const random = createRandom(1);
    const edges = { champion: [0.2, 0.4, 0.6, 0.8], shadow: [0.5, 0.7] };
    const pair = createModelPair(2, edges);
    const said = (score: number): Said => ({ score, predictedClass: Number(score >= 0.5) });
    const rows = Array.from({ length: 400 }, () => {
      const score = random();
      const shadow = Math.min(1, Math.max(0, score + random() - 0.5));
      return { champion: score, shadow, isPositive: random() < score };
    });
    for (const { champion, shadow, isPositive } of rows) {
      pair.addOutcome(said(champion), said(shadow), Number(isPositive));
    }
    const expected = pairedRocAuc({
      first: rows.map(({ champion }) => numericBinIndex(edges.champion, champion)),
      second: rows.map(({ shadow }) => numericBinIndex(edges.shadow, shadow)),
      positives: rows.map(({ isPositive }) => Number(isPositive)),
      negatives: rows.map(({ isPositive }) => Number(!isPositive)),
    });
    const { champion, shadow, difference } = pair.performance().rocAuc;
    closeTo(champion, expected.first ?? Number.NaN);
    closeTo(shadow, expected.second ?? Number.NaN);
    for (const end of ['value', 'low', 'high'] as const) {
      closeTo(difference?.[end] ?? null, expected.difference?.[end] ?? Number.NaN);
    }
    assert.ok(expected.first !== null && expected.first > 0.7, 'the scores tell something');
  });

  const at = (score: number, predictedClass: number): Said => ({ score, predictedClass });
  const edges = { champion: [0.5], shadow: [0.5] };

  it('counts rows by what both predicted', () => {
    const pair = createModelPair(3, edges);
    pair.addPrediction(0, 0);
    pair.addPrediction(1, 2);
    pair.addPrediction(1, 2);
    pair.addPrediction(2, 1);
    assert.deepEqual([...pair.agreement], [1, 0, 0, 0, 0, 2, 0, 1, 0]);
  });

  it('counts which of the two was right, and gives the accuracy of both', () => {
    const pair = createModelPair(2, edges);
    pair.addOutcome(at(0.9, 1), at(0.8, 1), 1);
    pair.addOutcome(at(0.9, 1), at(0.2, 0), 1);
    pair.addOutcome(at(0.1, 0), at(0.9, 1), 0);
    pair.addOutcome(at(0.3, 0), at(0.9, 1), 1);
    pair.addOutcome(at(0.7, 1), at(0.6, 1), 0);
    assert.deepEqual(pair.right, { both: 1, champion: 2, shadow: 1, neither: 1 });
    const { outcomes, accuracy } = pair.performance();
    assert.equal(outcomes, 5);
    closeTo(accuracy.champion, 3 / 5);
    closeTo(accuracy.shadow, 2 / 5);
    assert.deepEqual(
      accuracy.difference,
      pairedShareDifference({ both: 1, first: 2, second: 1, neither: 1 }),
    );
  });

  it('gives the Brier score of both from the exact scores', () => {
    const pair = createModelPair(2, edges);
    const rows = Array.from({ length: 40 }, (_, i) => {
      const outcome = Number(i % 3 === 0);
      return { champion: (i + 0.5) / 50, shadow: 0.9 - i / 60, outcome };
    });
    for (const { champion, shadow, outcome } of rows)
      pair.addOutcome(at(champion, 1), at(shadow, 1), outcome);
    const { brierScore } = pair.performance();
    const errors = rows.map(({ champion, shadow, outcome }) => ({
      champion: (champion - outcome) ** 2,
      shadow: (shadow - outcome) ** 2,
    }));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    closeTo(brierScore.champion, sum(errors.map(({ champion }) => champion)) / 40);
    closeTo(brierScore.shadow, sum(errors.map(({ shadow }) => shadow)) / 40);
    const differences = errors.map(({ champion, shadow }) => shadow - champion);
    const expected = pairedMeanDifference(
      40,
      sum(differences),
      sum(differences.map((difference) => difference ** 2)),
    );
    for (const end of ['value', 'low', 'high'] as const) {
      closeTo(brierScore.difference?.[end] ?? null, expected?.[end] ?? Number.NaN);
    }
  });

  it('knows no figure without an outcome', () => {
    const unknown = { champion: null, shadow: null, difference: null };
    assert.deepEqual(createModelPair(2, edges).performance(), {
      outcomes: 0,
      accuracy: unknown,
      brierScore: unknown,
      rocAuc: unknown,
    });
  });

  it('adds up rows that only the champion has scored, by why', () => {
    const pair = createModelPair(2, edges);
    pair.addDropped('failed', 3);
    pair.addDropped('failed', 2);
    pair.addDropped('queue_full', 1);
    assert.deepEqual(pair.dropped, { queue_full: 1, failed: 5, other_classes: 0 });
  });
});
