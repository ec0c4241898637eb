import assert from 'node:assert/strict';
import { readSourceFiles } from '../support/source-files.ts';

/** What only a logistic regression has. */
const weights = /\b(coefficients?|intercept|(missing|other|unseen)LogOdds)\b/;
/** What an explanation tells of a row: by how much a feature moved its log-odds. */
const reasons = /\blogOdds\b/;

/** Rooms that know how a logistic regression computes. */
const logisticRooms = ['src/predictors/logistic/', 'src/training/'];
/** The interface of explanations, and the three that hand on what it tells: to callers, to traces, to a terminal. */
const explaining = [
  'src/deployments/describe-prediction.ts',
  'src/http/openapi/predict-path.ts',
  'src/predictors/explanation.ts',
  'src/samples/shown-sample.ts',
];

describe('how a model computes', () => {
  let files: Awaited<ReturnType<typeof readSourceFiles>>;
  before(async () => {
    files = await readSourceFiles();
  });
  const naming = (name: RegExp) =>
    files
      .filter(({ path, text }) => name.test(text) && !logisticRooms.some((room) => path.startsWith(room)))
      .map(({ path }) => path)
      .sort();

  it('is known only to the logistic predictor and to training', () => {
    assert.deepEqual(naming(weights), []);
  });

  it('is revealed only through the interface of explanations', () => {
    assert.deepEqual(naming(reasons), explaining);
  });
});
