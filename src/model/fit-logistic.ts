import LogisticRegression from 'ml-logistic-regression';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

const minSteps = 100;
const maxSteps = 500;
/** Directions whose share of the variance is below this are copies of others (one-hot columns add up to 1). */
const minEigenvalueRatio = 1e-9;

/** Keeps its transpose, which ml-logistic-regression asks for at every step: that takes a third off the time. */
class DesignMatrix extends Matrix {
  #transposed: Matrix | undefined;

  override transpose(): Matrix {
    this.#transposed ??= super.transpose();
    return this.#transposed;
  }
}

/**
 * The matrix P that turns the columns of `design` into uncorrelated ones of mean square 1: (XP)ᵀ(XP) = rows · I.
 * Columns that depend on others are left out.
 */
function whitening(design: Matrix): Matrix {
  const moments = design.transpose().mmul(design).div(design.rows);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(moments, {
    assumeSymmetric: true,
  });
  const least = minEigenvalueRatio * Math.max(...realEigenvalues);
  const kept = realEigenvalues.flatMap((value, i) => (value > least ? [i] : []));
  const scales = kept.map((i) => 1 / Math.sqrt(realEigenvalues[i]));
  return eigenvectorMatrix.subMatrixColumn(kept).mulRowVector(scales);
}

/**
 * Steps that reach the maximum: with a share p of positives the distance to it shrinks by about 1 − 4p(1 − p) a step,
 * that is to e^-20 in 5 / (p(1 − p)). Never few, as rows with scores near 0 and 1 slow it down, and never endless.
 */
function stepsFor(outcomes: ArrayLike<number>): number {
  const share = Array.from(outcomes).reduce((sum, outcome) => sum + outcome, 0) / outcomes.length;
  return Math.round(Math.min(maxSteps, Math.max(minSteps, 5 / (share * (1 - share)))));
}

/**
 * Fits an unregularised logistic regression by maximum likelihood, with ml-logistic-regression.
 *
 * The library climbs the gradient with one fixed rate. On whitened columns the curvature is at most rows / 4 in
 * every direction, so that the rate 4 / rows never overshoots and every step gains (D. Böhning, B. G. Lindsay,
 * Monotonicity of Quadratic-Approximation Algorithms, Ann. Inst. Stat. Math. 40, 1988). 100 to 500 steps reach the
 * maximum; where there is none, because a column separates the classes, they end with a large but finite weight. The
 * library would fit each class once more: its two-class part is trained by itself.
 *
 * @param rows one array of equal length each, with a column of ones as intercept
 * @param outcomes parallel to `rows`; 1 for positive, 0 for negative
 * @returns a weight for each column: P(positive) = logistic(row · weights)
 */
export function fitLogistic(rows: readonly ArrayLike<number>[], outcomes: ArrayLike<number>): Float64Array {
  const design = new Matrix(rows as number[][]);
  const whitened = whitening(design);
  const { classifiers } = LogisticRegression.load({
    name: 'LogisticRegression',
    numberClasses: 1,
    classifiers: [{ numSteps: stepsFor(outcomes), learningRate: 4 / rows.length }],
  });
  classifiers[0].train(new DesignMatrix(design.mmul(whitened)), Matrix.columnVector(outcomes));
  return Float64Array.from(whitened.mmul(classifiers[0].weights.transpose()).to1DArray());
}
