import { Matrix, solve } from 'ml-matrix';

/**
 * Fits a logistic regression by damped Newton steps (iteratively reweighted least squares) over dense rows,
 * independently of the program, to tell whether its fit has reached the maximum.
 *
 * @param penalties what half the square of each weight costs
 */
export function fitByNewton(
  rows: readonly ArrayLike<number>[],
  outcomes: ArrayLike<number>,
  penalties: ArrayLike<number>,
): Float64Array {
  const design = new Matrix(rows as unknown as number[][]);
  const transposed = design.transpose();
  const costs = Matrix.columnVector(Array.from(penalties));
  const lossOf = (weights: Matrix) => {
    const scores = design.mmul(weights).to1DArray();
    const losses = scores.map(
      (score, i) => Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - outcomes[i] * score,
    );
    return losses.reduce((a, b) => a + b, 0) + Matrix.mul(weights, weights).mul(costs).sum() / 2;
  };
  let weights = Matrix.zeros(design.columns, 1);
  for (let step = 0; step < 200; step++) {
    const probabilities = design
      .mmul(weights)
      .to1DArray()
      .map((score) => 1 / (1 + Math.exp(-score)));
    const residuals = Matrix.columnVector(probabilities.map((p, i) => outcomes[i] - p));
    const gradient = transposed.mmul(residuals).sub(Matrix.mul(weights, costs));
    if (gradient.norm() < 1e-10 * rows.length) break;
    const curvature = transposed.mmul(design.clone().mulColumnVector(probabilities.map((p) => p * (1 - p))));
    for (let i = 0; i < curvature.rows; i++) {
      curvature.set(i, i, curvature.get(i, i) * (1 + 1e-12) + costs.get(i, 0) + 1e-12);
    }
    const direction = solve(curvature, gradient);
    const before = lossOf(weights);
    let length = 1;
    while (lossOf(Matrix.add(weights, Matrix.mul(direction, length))) > before + 1e-9) length /= 2;
    weights = Matrix.add(weights, direction.mul(length));
  }
  return Float64Array.from(weights.to1DArray());
}
