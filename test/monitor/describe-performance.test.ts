import assert from 'node:assert/strict';
import { describePerformance } from '../../src/monitor/describe-performance.ts';
import type { ComparedFigure, PerformanceVerdict } from '../../src/monitor/performance-verdict.ts';

const figure = (name: ComparedFigure['figure'], isWorse: boolean): ComparedFigure => ({
  figure: name,
  value: 0.12345,
  expected: { value: 0.2, standardError: 0.0049 },
  z: 5,
  isWorse,
});
const outcomes = { observed: 1234, expected: 999.6, areUnexpected: false, isCalibrationBroken: false };
const judged: PerformanceVerdict = {
  verdict: 'worse',
  samples: 5000,
  figures: [figure('accuracy', true), figure('rocAuc', false), figure('brier', true)],
  outcomes,
  doubt: null,
};
const say = (more: Partial<PerformanceVerdict>) => describePerformance({ ...judged, ...more }, 'bad');

const accuracy = 'accuracy 0.123 (expected 0.200 ± 0.005)';
const rocAuc = 'ROC AUC 0.123 (expected 0.200 ± 0.005)';
const brier = 'Brier score 0.123 (expected 0.200 ± 0.005)';

describe('the verdict on performance in a sentence', () => {
  it('names all figures of a model as good as promised', () => {
    assert.equal(say({ verdict: 'as promised' }), `As good as promised: ${accuracy}, ${rocAuc}, ${brier}.`);
  });

  it('names those that are worse, and only those', () => {
    assert.equal(say({}), `Worse than promised: ${accuracy}; ${brier}.`);
    assert.equal(say({ outcomes: null }), `Worse than promised: ${accuracy}; ${brier}.`);
  });

  it('says how many outcomes were positive when that was not to be expected, rather than in which bands', () => {
    const figures: ComparedFigure[] = [];
    const observed = '1,234 of 5,000 were ‘bad’, 1,000 expected';
    const bands = 'within bands of the score, outcomes differ from what the scores predict';
    for (const [areUnexpected, isCalibrationBroken, reason] of [
      [true, false, observed],
      [true, true, observed],
      [false, true, bands],
    ] as const) {
      const how = { ...outcomes, areUnexpected, isCalibrationBroken };
      assert.equal(say({ figures, outcomes: how }), `Worse than promised: ${reason}.`);
    }
  });

  it('says why it cannot tell', () => {
    const doubt = (why: PerformanceVerdict['doubt'], samples = 0) =>
      say({ verdict: 'undetermined', doubt: why, samples });
    const start = 'Cannot tell whether it does as well as promised: ';
    assert.equal(doubt('no promise'), `${start}the model file was made without outcomes.`);
    assert.equal(doubt('one decision', 1000), `${start}one decision has hardly any outcomes.`);
    assert.equal(doubt('few outcomes'), `${start}there are no outcomes.`);
    assert.equal(doubt('few outcomes', 1), `${start}1 outcome is too few.`);
    assert.equal(doubt('few outcomes', 60), `${start}60 outcomes are too few.`);
  });
});
