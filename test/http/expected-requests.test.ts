import assert from 'node:assert/strict';
import { expectedRequests, predictRoutes } from '../../src/http/expected-requests.ts';
import { predictorProblem } from '../../src/http/predictor-problem.ts';
import { Problem, problems } from '../../src/http/problem.ts';
import { failureReasons, PredictorFailure } from '../../src/predictors/predictor.ts';

describe('requests whose counts begin at 0', () => {
  it('are also those that a model fails, so that the first failure is seen as an increase', () => {
    const failed = failureReasons.map((reason) => {
      const problem = predictorProblem(new PredictorFailure(reason, 'no'));
      assert.ok(problem instanceof Problem);
      return problem.status;
    });
    for (const status of [...failed, problems['watched-only'].status]) {
      for (const route of predictRoutes) {
        const isExpected = expectedRequests(false).some(
          (one) => one.method === 'POST' && one.route === route && one.status === status,
        );
        assert.ok(isExpected, `${status} of ${route}`);
      }
    }
  });
});
