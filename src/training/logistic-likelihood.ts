import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { DesignMatrix } from './design.ts';

/** The loss and its gradient at some weights. */
export type LossAt = {
  readonly weights: Float64Array;
  /** −log-likelihood + ridge/2 · Σ penalty · weight², in nats. */
  readonly loss: number;
  /** The derivative of the loss with respect to each weight. */
  readonly gradient: Float64Array;
};

/** The penalised likelihood of a logistic regression over some rows of a design. */
export type LogisticLoss = {
  at(weights: Float64Array): LossAt;
  /** The second derivatives, factorised. */
  curvatureAt(weights: Float64Array): CholeskyDecomposition;
};

/** Factorises a symmetric matrix given by its upper triangle, whose rows are `width` apart. */
function factorise(upper: Float64Array, width: number): CholeskyDecomposition {
  const matrix = Matrix.zeros(width, width);
  let largest = 0;
  for (let i = 0; i < width; i++) {
    largest = Math.max(largest, upper[i * width + i]);
    for (let j = i; j < width; j++) {
      matrix.set(i, j, upper[i * width + j]);
      matrix.set(j, i, upper[i * width + j]);
    }
  }
  // Rounding can leave a matrix of dependent columns with a negative eigenvalue. A larger diagonal shortens steps along
  // such columns and does not move the maximum.
  for (const share of [0, 1e-16, 1e-14, 1e-12, 1e-10]) {
    for (let i = 0; i < width; i++) matrix.set(i, i, upper[i * width + i] + share * largest);
    const factors = new CholeskyDecomposition(matrix);
    if (factors.isPositiveDefinite()) return factors;
  }
  throw new Error(
    'the numbers of the columns cannot be computed with: the sum of their squares is not finite',
  );
}

/**
 * @param outcomes parallel to the design's rows; 1 for positive, 0 for negative, or a probability
 * @param rows the rows to use, by index
 * @param ridge above 0; multiplied by the design's penalties
 */
export function createLogisticLoss(
  design: DesignMatrix,
  outcomes: ArrayLike<number>,
  rows: Uint32Array,
  ridge: number,
): LogisticLoss {
  const { width, entriesPerRow, columns, values } = design;
  const penalties = design.penalties.map((penalty) => ridge * penalty);

  function scoreOf(row: number, weights: Float64Array): number {
    let score = 0;
    const end = (row + 1) * entriesPerRow;
    for (let k = row * entriesPerRow; k < end; k++) score += values[k] * weights[columns[k]];
    return score;
  }

  function at(weights: Float64Array): LossAt {
    const gradient = new Float64Array(width);
    let loss = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const score = scoreOf(row, weights);
      // Written so that neither e^score nor a difference of nearly equal numbers is ever computed.
      const small = Math.exp(-Math.abs(score));
      const probability = score >= 0 ? 1 / (1 + small) : small / (1 + small);
      loss += Math.log1p(small) + Math.max(score, 0) - outcomes[row] * score;
      const residual = probability - outcomes[row];
      const end = (row + 1) * entriesPerRow;
      for (let k = row * entriesPerRow; k < end; k++) gradient[columns[k]] += residual * values[k];
    }
    for (let i = 0; i < width; i++) {
      loss += (penalties[i] / 2) * weights[i] ** 2;
      gradient[i] += penalties[i] * weights[i];
    }
    return { weights, loss, gradient };
  }

  function curvatureAt(weights: Float64Array): CholeskyDecomposition {
    const upper = new Float64Array(width * width);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const small = Math.exp(-Math.abs(scoreOf(row, weights)));
      const weight = small / (1 + small) ** 2;
      const end = (row + 1) * entriesPerRow;
      for (let k = row * entriesPerRow; k < end; k++) {
        const weighted = weight * values[k];
        const start = columns[k] * width;
        for (let l = k; l < end; l++) upper[start + columns[l]] += weighted * values[l];
      }
    }
    for (let i = 0; i < width; i++) upper[i * width + i] += penalties[i];
    return factorise(upper, width);
  }

  return { at, curvatureAt };
}
