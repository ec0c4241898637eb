import { type CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { DesignMatrix } from './design.ts';
import { startWeights } from './fit-start.ts';
import { createLogisticLoss, type LossAt } from './logistic-likelihood.ts';

/** The default ridge, that of scikit-learn's LogisticRegression, whose C is 1 / ridge. */
export const defaultRidge = 1;

const maxPasses = 500;
/** The largest norm of the gradient at the end of a fit, per row. */
const maxGradient = 1e-8;
/**
 * Newton decrement, √(gradient · step), at which a fit ends. If the curvature is at least 1 in every direction, no
 * weight is then farther than this from the optimum.
 */
const decrementTolerance = 1e-10;
/** The minimum gain of a step, as a share of what its slope predicts. */
const leastGain = 1e-4;
/** Relative rounding error of the loss, a sum over all rows. */
const rounding = 1e-12;
/** A curvature is kept while each step with it shrinks the decrement to less than this share. */
const keepWhile = 0.3;

export type LogisticFit = {
  /** One per column of the design: P(positive) = logistic(row · weights). */
  readonly weights: Float64Array;
  /** The factorised second derivatives of the loss, near the weights. */
  readonly curvature: CholeskyDecomposition;
  /** How many rows the curvature is based on: those of `near`, if its curvature was used to the end. */
  readonly rows: number;
};

export type FitOptions = {
  /** λ > 0: the fit minimises −log-likelihood + λ/2 · Σ penalty · weight², with the penalties of the design. */
  readonly ridge: number;
  /** The rows to fit, by index; all by default. */
  readonly rows?: Uint32Array;
  /** A fit of most of the same rows, to start from. It saves time and changes nothing: there is only one maximum. */
  readonly near?: LogisticFit;
};

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * Fits a logistic regression with a ridge penalty, at the maximum of the penalised likelihood.
 *
 * ml-logistic-regression finds the start, and Newton's method (iteratively reweighted least squares) goes from there to
 * the maximum. A step that does not lower the loss is halved until it does, so the fit cannot diverge. The curvature is
 * expensive: it is computed again only when steps with the last one make too little progress. The ridge makes the
 * maximum unique, even if columns depend on each other (one-hot columns add up to the intercept's) or separate the
 * classes. The smaller it is, the larger are the weights of separating columns.
 *
 * @param outcomes parallel to the design's rows; 1 for positive, 0 for negative, or a probability
 * @throws Error if the gradient at the end is not below 1e-8 · rows, so this is not the maximum
 *
 * Source: S. Boyd, L. Vandenberghe, Convex Optimization, 2004, section 9.5; keeping the curvature: J. E. Dennis,
 * R. B. Schnabel, Numerical Methods for Unconstrained Optimization, 1983, section 6.
 */
export function fitLogistic(
  design: DesignMatrix,
  outcomes: ArrayLike<number>,
  { ridge, rows = Uint32Array.from({ length: design.rows }, (_, i) => i), near }: FitOptions,
): LogisticFit {
  const loss = createLogisticLoss(design, outcomes, rows, ridge);
  let here = loss.at(near?.weights ?? startWeights(design, outcomes, rows));
  // A share of the rows has that share of the curvature.
  let newton = near
    ? createNewton(near.curvature, rows.length / near.rows)
    : createNewton(loss.curvatureAt(here.weights));
  let isFresh = near === undefined;
  let wasFresh = false;
  let decrementBefore = Number.POSITIVE_INFINITY;
  let length = 1;
  for (let pass = 0; pass < maxPasses; pass++) {
    let { step, decrement } = newton.at(here);
    if (decrement <= decrementTolerance) break;
    if (!isFresh && decrement > keepWhile * decrementBefore) {
      newton = createNewton(loss.curvatureAt(here.weights));
      isFresh = true;
      ({ step, decrement } = newton.at(here));
      // The last step used the curvature at its own position, so it gained so little only because of rounding.
      if (wasFresh && decrement ** 2 < rounding * here.loss && decrement > keepWhile * decrementBefore) break;
    }
    const next = loss.at(here.weights.map((weight, i) => weight - length * step[i]));
    if (next.loss <= here.loss - leastGain * length * decrement ** 2 + rounding * here.loss) {
      here = next;
      decrementBefore = decrement;
      length = 1;
      wasFresh = isFresh;
      isFresh = false;
    } else if (isFresh) {
      length /= 2;
    } else {
      newton = createNewton(loss.curvatureAt(here.weights));
      isFresh = true;
    }
  }
  requireMaximum(here, rows.length);
  return { weights: here.weights, curvature: newton.curvature, rows: rows.length / newton.share };
}

/** Newton steps by one curvature. @param share of the rows behind the curvature that the fit has */
function createNewton(curvature: CholeskyDecomposition, share = 1) {
  return {
    curvature,
    share,
    at({ gradient }: LossAt) {
      const solved = curvature.solve(Matrix.columnVector(gradient)).to1DArray();
      const step = Float64Array.from(solved, (value) => value / share);
      return { step, decrement: Math.sqrt(dot(step, gradient)) };
    },
  };
}

function requireMaximum({ gradient }: LossAt, rows: number): void {
  const norm = Math.sqrt(dot(gradient, gradient));
  if (norm < maxGradient * rows) return;
  throw new Error(
    `the fit has not reached its maximum: its gradient is ${norm.toPrecision(2)} over ${rows} rows; a larger --ridge makes it easier to reach`,
  );
}
