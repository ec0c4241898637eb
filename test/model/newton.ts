import { inverse, Matrix } from 'ml-matrix';

/**
 * Fits a logistic regression by Newton's method (iteratively reweighted least squares), independently of the
 * program, to tell whether its fit has converged. A ridge of 1e-9 makes the one-hot columns invertible.
 */
export function fitByNewton(rows: readonly Float64Array[], outcomes: ArrayLike<number>): Float64Array {
  const design = new Matrix(rows as unknown as number[][]);
  const transposed = design.transpose();
  let weights = Matrix.zeros(design.columns, 1);
  for (let step = 0; step < 30; step++) {
    const scores = design.mmul(weights).to1DArray();
    const probabilities = scores.map((score) => 1 / (1 + Math.exp(-score)));
    const residuals = probabilities.map((p, i) => outcomes[i] - p);
    const curvature = transposed.mmul(design.clone().mulColumnVector(probabilities.map((p) => p * (1 - p))));
    for (let i = 0; i < curvature.rows; i++) curvature.set(i, i, curvature.get(i, i) + 1e-9);
    weights = weights.add(inverse(curvature).mmul(transposed.mmul(Matrix.columnVector(residuals))));
  }
  return Float64Array.from(weights.to1DArray());
}
