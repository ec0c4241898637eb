import assert from 'node:assert/strict';
import { readTrainingSet } from '../../src/cli/training-set.ts';
import { encodeDesign } from '../../src/model/design.ts';
import { fitLogistic } from '../../src/model/fit-logistic.ts';
import { logistic } from '../../src/model/score.ts';
import { logLoss } from '../../src/stats/probability-scores.ts';
import { rocAuc } from '../../src/stats/roc-auc.ts';
import { fitByNewton } from './newton.ts';
import { smallSet } from './small-set.ts';

function scoresOf(rows: readonly Float64Array[], weights: Float64Array): number[] {
  return rows.map((row) => logistic(row.reduce((sum, value, i) => sum + value * weights[i], 0)));
}

describe('fitting a logistic regression', () => {
  it('finds the weights that data were made with', () => {
    const rows = Array.from({ length: 2000 }, (_, i) => Float64Array.of(1, (i % 40) / 10 - 2));
    // Outcomes as fractions: the maximum is then exactly at the weights.
    const outcomes = rows.map(([, x]) => logistic(0.3 - 1.2 * x));
    const weights = fitLogistic(rows, outcomes);
    assert.ok(Math.abs(weights[0] - 0.3) < 1e-9);
    assert.ok(Math.abs(weights[1] + 1.2) < 1e-9);
  });

  it('converges to what Newton’s method finds', async () => {
    const data = 'data/german-credit.csv';
    const german = { target: 'outcome', positive: 'bad', categorical: [], allowIds: [], sensitive: [] };
    const sets = [smallSet(), (await readTrainingSet(data, () => german)).set];
    for (const { columns, outcomes } of sets) {
      const { rows } = encodeDesign(columns, outcomes.length);
      const fitted = scoresOf(rows, fitLogistic(rows, outcomes));
      const expected = scoresOf(rows, fitByNewton(rows, outcomes));
      assert.ok(fitted.every((score, i) => Math.abs(score - expected[i]) < 1e-5));
      const close = (a: number | null, b: number | null) => Math.abs((a ?? 0) - (b ?? 1)) < 1e-6;
      assert.ok(close(rocAuc(fitted, outcomes), rocAuc(expected, outcomes)));
      assert.ok(close(logLoss(fitted, outcomes), logLoss(expected, outcomes)));
    }
  });

  it('stays finite where a column separates the classes, and with rare positives', () => {
    const rows = Array.from({ length: 300 }, (_, i) => Float64Array.of(1, i < 3 ? 1 : 0, Math.sin(i)));
    const outcomes = rows.map((row) => row[1]);
    const weights = fitLogistic(rows, outcomes);
    const scores = scoresOf(rows, weights);
    assert.ok(weights.every(Number.isFinite));
    assert.ok(Math.min(...scores.slice(0, 3)) > 0.5);
    assert.ok(Math.max(...scores.slice(3)) < 0.5);
  });

  it('gives a column without variation, and copies of a column, harmless weights', () => {
    const { columns, outcomes } = smallSet();
    const { rows } = encodeDesign(columns, outcomes.length);
    const wider = rows.map((row) => Float64Array.of(...row, 0, row[1], row[1]));
    const plain = scoresOf(rows, fitLogistic(rows, outcomes));
    const weights = fitLogistic(wider, outcomes);
    assert.ok(weights.every((weight) => Math.abs(weight) < 10));
    assert.ok(scoresOf(wider, weights).every((score, i) => Math.abs(score - plain[i]) < 1e-6));
  });
});
