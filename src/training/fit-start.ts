import LogisticRegression from 'ml-logistic-regression';
import { CholeskyDecomposition, inverse, Matrix } from 'ml-matrix';
import type { DesignMatrix } from './design.ts';

const steps = 20;
/** Enough to start near the maximum. */
const maxRows = 2000;

/** The given rows of the design as a dense matrix. */
function denseRows({ width, entriesPerRow, columns, values }: DesignMatrix, rows: Uint32Array): Matrix {
  const dense = Matrix.zeros(rows.length, width);
  for (const [i, row] of rows.entries()) {
    for (let k = row * entriesPerRow; k < (row + 1) * entriesPerRow; k++) dense.set(i, columns[k], values[k]);
  }
  return dense;
}

/**
 * The matrix P that turns the columns of `sample` into uncorrelated ones of mean square 1: (XP)ᵀ(XP) = rows · I. A
 * small amount is added to the diagonal, as columns that depend on others, such as one-hot columns, would make the
 * matrix singular.
 */
function whitening(sample: Matrix): Matrix {
  const moments = sample.transpose().mmul(sample).div(sample.rows);
  for (let i = 0; i < moments.rows; i++)
    moments.set(i, i, moments.get(i, i) + 1e-6 * (1 + moments.get(i, i)));
  return inverse(new CholeskyDecomposition(moments).lowerTriangularMatrix).transpose();
}

/**
 * Weights near the maximum of the likelihood, by ml-logistic-regression on at most 2,000 of the rows.
 *
 * The library performs gradient ascent with a fixed rate. On whitened columns the curvature is at most rows / 4 in
 * every direction, so the rate 4 / rows never overshoots and every step gains (D. Böhning, B. G. Lindsay, Monotonicity
 * of Quadratic-Approximation Algorithms, Ann. Inst. Stat. Math. 40, 1988). The library fits one model per class; two
 * classes need only one, so its two-class part is used directly.
 */
export function startWeights(
  design: DesignMatrix,
  outcomes: ArrayLike<number>,
  rows: Uint32Array,
): Float64Array {
  const every = Math.ceil(rows.length / maxRows);
  const sampled = rows.filter((_, i) => i % every === 0);
  const sample = denseRows(design, sampled);
  const whitened = whitening(sample);
  const { classifiers } = LogisticRegression.load({
    name: 'LogisticRegression',
    numberClasses: 1,
    classifiers: [{ numSteps: steps, learningRate: 4 / sampled.length }],
  });
  classifiers[0].train(
    sample.mmul(whitened),
    Matrix.columnVector(Array.from(sampled, (row) => outcomes[row])),
  );
  return Float64Array.from(whitened.mmul(classifiers[0].weights.transpose()).to1DArray());
}
