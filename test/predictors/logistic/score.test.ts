import assert from 'node:assert/strict';
import { type Artifact, loadArtifact } from '../../../src/model/artifact.ts';
import { createContribution, logistic } from '../../../src/predictors/logistic/score.ts';
import { logisticOf, scorerOf, weightsOf, withWeights } from '../../support/model-parts.ts';

describe('scoring', () => {
  let artifact: Artifact;
  before(async () => {
    artifact = await loadArtifact('models/credit.json');
  });

  it('adds up what the features contribute', () => {
    const [age, limit] = ['age', 'limit'].map((name) => weightsOf(artifact, name, 'numeric'));
    const logOdds =
      logisticOf(artifact).intercept +
      (age.coefficient * (30 - age.standardisation.mean)) / age.standardisation.deviation +
      (limit.coefficient * (2000 - limit.standardisation.mean)) / limit.standardisation.deviation +
      coefficientOf(artifact, 'good');
    const score = scorerOf(artifact)({ age: 30, limit: 2000, history: 'good' });
    assert.ok(Math.abs(score - 1 / (1 + Math.exp(-logOdds))) < 1e-12);
    assert.ok(score > 0.2 && score < 0.4);
  });

  it('ranks late payers as the riskiest', () => {
    const score = scorerOf(artifact);
    const risk = (history: string) => score({ age: 30, limit: 2000, history });
    assert.ok(risk('delayed') > risk('good') && risk('good') > risk('paid'));
  });

  it('gives an uninformative value the average effect of its feature', () => {
    const shifted = withWeights(artifact, (weights) =>
      weights.name === 'age' ? { ...weights, meanContribution: 0.25 } : weights,
    );
    const scoreLogOdds = (value: unknown) => {
      const p = scorerOf(shifted)({ age: value, limit: 2000, history: 'good' });
      return Math.log(p / (1 - p));
    };
    const average = weightsOf(artifact, 'age', 'numeric').standardisation.mean;
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY, 'x']) {
      assert.ok(Math.abs(scoreLogOdds(value) - scoreLogOdds(average) - 0.25) < 1e-9, String(value));
    }
    const unseen = scorerOf(artifact)({ age: 30, limit: 2000, history: 'sold' });
    const missing = scorerOf(artifact)({ age: 30, limit: 2000, history: null });
    assert.equal(unseen, missing);
  });

  it('uses what training learnt of missing values and of grouped categories', () => {
    const features = artifact.features.map((feature) =>
      feature.kind === 'numeric'
        ? { ...feature, nullable: true }
        : { ...feature, nullable: true, grouped: ['rare'] },
    );
    const learnt = withWeights(artifact, (weights) =>
      weights.kind === 'numeric'
        ? { ...weights, missingLogOdds: 1 }
        : { ...weights, missingLogOdds: -2, otherLogOdds: 3 },
    );
    const score = scorerOf({ ...learnt, features });
    const { intercept } = logisticOf(artifact);
    assert.equal(score({}), logistic(intercept + 1 + 1 - 2));
    assert.equal(score({ history: 'rare' }), logistic(intercept + 1 + 1 + 3));
  });

  it('compares categories by their text', () => {
    const features = artifact.features.map((feature) =>
      feature.kind === 'categorical' ? { ...feature, categories: ['1', '2', '3', '4', '5'] } : feature,
    );
    const score = scorerOf({ ...artifact, features });
    assert.equal(score({ age: 30, limit: 1, history: 4 }), score({ age: 30, limit: 1, history: '4' }));
    assert.notEqual(score({ age: 30, limit: 1, history: 4 }), score({ age: 30, limit: 1, history: 9 }));
  });

  it('stays between 0 and 1 for any input', () => {
    const score = scorerOf(artifact);
    for (const limit of [Number.MAX_VALUE, -Number.MAX_VALUE, 1e300]) {
      const p = score({ age: 30, limit, history: 'good' });
      assert.ok(p >= 0 && p <= 1, `${limit}: ${p}`);
    }
  });

  describe('with contributions beyond certainty', () => {
    /** The credit model with these slopes of age and limit. */
    const steep = (age: number, limit: number): Artifact => {
      const slopes = new Map([
        ['age', age],
        ['limit', limit],
      ]);
      return withWeights(artifact, (weights) =>
        weights.kind === 'numeric'
          ? { ...weights, coefficient: (slopes.get(weights.name) ?? 0) * weights.standardisation.deviation }
          : weights,
      );
    };

    it('is as certain as an unbounded sum', () => {
      const row = { limit: 2000, history: 'good' };
      for (const age of [1e6, 1e300, Number.MAX_VALUE]) {
        assert.equal(scorerOf(steep(3, 0))({ ...row, age }), 1);
        assert.ok(scorerOf(steep(-3, 0))({ ...row, age }) < 1e-300);
      }
    });

    /** The log-odds without the two numbers. */
    function rest({ history }: { history: string }): number {
      return logisticOf(artifact).intercept + coefficientOf(artifact, history);
    }

    it('lets two of opposite sign cancel out, where an unbounded sum would be NaN', () => {
      const score = scorerOf(steep(3, -3));
      for (const size of [1e300, 1e308, Number.MAX_VALUE]) {
        const p = score({ age: size, limit: size, history: 'good' });
        assert.ok(Math.abs(p - logistic(rest({ history: 'good' }))) < 1e-12);
      }
    });

    it('clips the artifact’s own contributions of categories and missing values', () => {
      const history = weightsOf(artifact, 'history', 'categorical');
      const weights = {
        ...history,
        coefficients: history.coefficients.map(() => Number.MAX_VALUE),
        missingLogOdds: -Number.MAX_VALUE,
        unseenLogOdds: 1e300,
      };
      const huge = createContribution(weights, artifact.features[2]);
      assert.deepEqual([huge('good'), huge(null), huge('sold')], [700, -700, 700]);
    });
  });
});

/** What the weights of the history say of one category. */
function coefficientOf(artifact: Artifact, history: string): number {
  const feature = artifact.features.find(({ kind }) => kind === 'categorical');
  assert.ok(feature?.kind === 'categorical');
  return weightsOf(artifact, 'history', 'categorical').coefficients[feature.categories.indexOf(history)];
}
