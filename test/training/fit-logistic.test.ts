import assert from 'node:assert/strict';
import { readTrainingSet } from '../../src/cli/read-training-set.ts';
import { logistic } from '../../src/predictors/logistic/score.ts';
import { describeColumns } from '../../src/profile/describe-columns.ts';
import { logLoss } from '../../src/stats/probability-scores.ts';
import { rocAuc } from '../../src/stats/roc-auc.ts';
import { type DesignMatrix, encodeDesign } from '../../src/training/design.ts';
import { fitLogistic } from '../../src/training/fit-logistic.ts';
import type { TrainingSet } from '../../src/training/training-set.ts';
import { smallSet } from '../model/small-set.ts';
import { denseDesign } from './dense-design.ts';
import { hardTables } from './hard-tables.ts';
import { fitByNewton } from './newton.ts';

function scoresOf(rows: readonly Float64Array[], weights: Float64Array): number[] {
  return rows.map((row) => logistic(row.reduce((sum, value, i) => sum + value * weights[i], 0)));
}

function denseRows({ rows, width, entriesPerRow, columns, values }: DesignMatrix): Float64Array[] {
  return Array.from({ length: rows }, (_, row) => {
    const dense = new Float64Array(width);
    for (let k = row * entriesPerRow; k < (row + 1) * entriesPerRow; k++) dense[columns[k]] += values[k];
    return dense;
  });
}

async function germanCredit(): Promise<TrainingSet> {
  const options = { target: 'outcome', positive: 'bad', categorical: [], allowIds: [], sensitive: [] };
  return (await readTrainingSet('data/german-credit.csv', () => options)).set;
}

/** Weights are compared by their scores: those of columns that depend on each other may trade places. */
function assertMaximum({ columns, outcomes }: TrainingSet, ridge: number, scoreTolerance: number): void {
  const { matrix } = encodeDesign(columns, describeColumns(columns));
  const rows = denseRows(matrix);
  const fitted = scoresOf(rows, fitLogistic(matrix, outcomes, { ridge }).weights);
  const penalties = matrix.penalties.map((penalty) => ridge * penalty);
  const best = scoresOf(rows, fitByNewton(rows, outcomes, penalties));
  const error = Math.max(...fitted.map((score, i) => Math.abs(score - best[i])));
  assert.ok(error < scoreTolerance, `a score is off by ${error}`);
  const difference = (logLoss(fitted, outcomes) ?? 0) - (logLoss(best, outcomes) ?? 1);
  assert.ok(Math.abs(difference) < 1e-8, `log-loss is off by ${difference}`);
}

describe('fitting a logistic regression', () => {
  it('finds the weights that data were made with', () => {
    const rows = Array.from({ length: 2000 }, (_, i) => Float64Array.of(1, (i % 40) / 10 - 2));
    // Outcomes as fractions: without a ridge the maximum is exactly at the weights.
    const outcomes = rows.map(([, x]) => logistic(0.3 - 1.2 * x));
    const { weights } = fitLogistic(denseDesign(rows), outcomes, { ridge: 1e-9 });
    assert.ok(Math.abs(weights[0] - 0.3) < 1e-9);
    assert.ok(Math.abs(weights[1] + 1.2) < 1e-9);
  });

  it('minimises the same as scikit-learn with C = 1 / ridge', () => {
    const rows = Array.from({ length: 60 }, (_, i) => Float64Array.of(1, Math.sin(i), Math.cos(3 * i)));
    const outcomes = rows.map((_, i) => ((i * 7) % 10 < 3 || i % 6 === 1 ? 1 : 0));
    // scikit-learn 1.9.1, LogisticRegression(C=C, tol=1e-12, max_iter=10_000) on the same columns.
    const known = [
      { ridge: 1, weights: [-0.26080181656474205, -0.3142551978522734, -0.04315227649491446] },
      { ridge: 4, weights: [-0.2621805933310313, -0.23019911940185914, -0.030806189127496685] },
    ];
    for (const { ridge, weights } of known) {
      const fitted = fitLogistic(denseDesign(rows), outcomes, { ridge }).weights;
      for (const [i, weight] of weights.entries()) assert.ok(Math.abs(fitted[i] - weight) < 1e-6);
    }
  });

  describe('reaches the maximum that an independent Newton fit finds', () => {
    const real = [
      { name: 'numbers and categories with missing values', set: async () => smallSet() },
      { name: 'German credit', set: germanCredit },
    ];
    const hard = hardTables().map(({ name, set }) => ({ name, set: async () => set }));
    for (const { name, set } of [...real, ...hard]) {
      it(name, async () => {
        assertMaximum(await set(), 1, 1e-7);
        assertMaximum(await set(), 1e-6, 1e-6);
      });
    }
  });

  describe('orders rows by the default ridge as well as the maximum without one', () => {
    for (const { name, set } of hardTables()) {
      it(name, () => {
        const { columns, outcomes } = set;
        const { matrix } = encodeDesign(columns, describeColumns(columns));
        const rows = denseRows(matrix);
        const [withRidge, without] = [1, 1e-6].map((ridge) =>
          scoresOf(rows, fitLogistic(matrix, outcomes, { ridge }).weights),
        );
        const lost = (rocAuc(without, outcomes) ?? 1) - (rocAuc(withRidge, outcomes) ?? 0);
        assert.ok(lost < 5e-4, `AUC falls by ${lost}`);
        const worse = (logLoss(withRidge, outcomes) ?? 1) - (logLoss(without, outcomes) ?? 0);
        assert.ok(worse < (name === 'separable' ? 0.05 : 5e-4), `log-loss rises by ${worse}`);
      });
    }
  });

  it('fits a part of the rows to the same maximum from near and from far', () => {
    for (const set of [smallSet(), ...hardTables().map((table) => table.set)]) {
      const { matrix } = encodeDesign(set.columns, describeColumns(set.columns));
      const near = fitLogistic(matrix, set.outcomes, { ridge: 1 });
      const rows = Uint32Array.from(set.outcomes, (_, i) => i).filter((row) => row % 10 !== 0);
      const fromNear = fitLogistic(matrix, set.outcomes, { ridge: 1, rows, near }).weights;
      const fromAfar = fitLogistic(matrix, set.outcomes, { ridge: 1, rows }).weights;
      const scale = Math.max(...fromAfar.map(Math.abs));
      assert.ok(fromNear.every((weight, i) => Math.abs(weight - fromAfar[i]) < 1e-7 * scale));
    }
  });

  it('says how many rows its curvature is based on, even if it kept that of a fit nearby', () => {
    const { columns, outcomes } = smallSet(20_000);
    const { matrix } = encodeDesign(columns, describeColumns(columns));
    const near = fitLogistic(matrix, outcomes, { ridge: 1 });
    const rows = Uint32Array.from(outcomes, (_, i) => i).filter((row) => row % 2 === 0);
    const [fromNear, fromAfar] = [near, undefined].map((start) =>
      fitLogistic(matrix, outcomes, { ridge: 1, rows, ...(start && { near: start }) }),
    );
    // The curvature by the intercept: the sum of p(1 − p) over the rows.
    const perRow = (fit: typeof near) => fit.curvature.lowerTriangularMatrix.get(0, 0) ** 2 / fit.rows;
    const ratio = perRow(fromNear) / perRow(fromAfar);
    assert.ok(Math.abs(ratio - 1) < 0.05, `${ratio}`);
  });

  it('keeps weights small if a column separates the classes, and with rare positives', () => {
    const rows = Array.from({ length: 300 }, (_, i) => Float64Array.of(1, i < 3 ? 1 : 0, Math.sin(i)));
    const outcomes = rows.map((row) => row[1]);
    const { weights } = fitLogistic(denseDesign(rows), outcomes, { ridge: 1 });
    const scores = scoresOf(rows, weights);
    assert.ok(weights.every((weight) => Math.abs(weight) < 10));
    assert.ok(Math.min(...scores.slice(0, 3)) > Math.max(...scores.slice(3)));
  });

  it('gives a column without variation, and copies of a column, harmless weights', () => {
    const { columns, outcomes } = smallSet();
    const rows = denseRows(encodeDesign(columns, describeColumns(columns)).matrix);
    const wider = rows.map((row) => Float64Array.of(...row, 0, row[1], row[1]));
    const weigh = (each: Float64Array[]) => fitLogistic(denseDesign(each), outcomes, { ridge: 1e-6 }).weights;
    const plain = scoresOf(rows, weigh(rows));
    const weights = weigh(wider);
    assert.ok(weights.every((weight) => Math.abs(weight) < 10));
    assert.ok(scoresOf(wider, weights).every((score, i) => Math.abs(score - plain[i]) < 1e-6));
  });

  it('reports if it cannot reach the maximum', () => {
    const outcomes = Array.from({ length: 300 }, (_, i) => ((i * 7) % 10 < 4 ? 1 : 0));
    // Not standardised, so that the rounding of the gradient alone is above what is asked for.
    const rows = outcomes.map((_, i) => Float64Array.of(1, 1e40 * Math.sin(i)));
    assert.throws(() => fitLogistic(denseDesign(rows), outcomes, { ridge: 1 }), {
      message: /^the fit has not reached its maximum: its gradient is .* over 300 rows/,
    });
  });
});
