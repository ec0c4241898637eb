import assert from 'node:assert/strict';
import { createModelPair, type Said } from '../../src/monitor/model-pair.ts';
import { numericBinIndex } from '../../src/stats/binning.ts';
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
});
