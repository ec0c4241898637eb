/** The part of ml-logistic-regression 2 used here; the package ships no types. */
declare module 'ml-logistic-regression' {
  import type { Matrix } from 'ml-matrix';

  type GradientOptions = {
    numSteps: number;
    /** Multiplies the gradient of the log-likelihood, which is a sum over rows, not a mean. */
    learningRate: number;
  };

  /** Fits P(target = 1) = logistic(features · weights) by gradient ascent from zero. */
  type LogisticRegressionTwoClasses = {
    /** One row, with a weight for each column of the features. */
    weights: Matrix;
    /** @param target a column of 0 and 1 */
    train(features: Matrix, target: Matrix): void;
  };

  export default class LogisticRegression {
    /** Restores a model from its JSON form; its classifiers can be trained individually. */
    static load(model: {
      name: 'LogisticRegression';
      numberClasses: number;
      classifiers: GradientOptions[];
    }): LogisticRegression;

    classifiers: LogisticRegressionTwoClasses[];
  }
}
