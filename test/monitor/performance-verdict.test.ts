import assert from 'node:assert/strict';
import { calibrationOf } from '../../src/model/calibrate.ts';
import { learntFromOutcomes } from '../../src/model/learnt.ts';
import { describePerformance } from '../../src/monitor/describe-performance.ts';
import { livePerformance } from '../../src/monitor/live-performance.ts';
import { createPerformance } from '../../src/monitor/performance.ts';
import { performanceReferenceOf } from '../../src/monitor/performance-reference.ts';
import { judgePerformance } from '../../src/monitor/performance-verdict.ts';
import { interpolateCurve } from '../../src/stats/isotonic-regression.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';
import { artifact, makeSamples } from '../report/samples.ts';

const learnt = learntFromOutcomes(artifact);
assert.ok(learnt !== undefined);
const curve = calibrationOf(learnt);

/** @param probability of a positive, given what the calibration says of the score */
function judge(
  count: number,
  seed: number,
  probability: (calibrated: number, random: Random) => number = (calibrated) => calibrated,
) {
  const performance = createPerformance(performanceReferenceOf(artifact));
  const random = createRandom(seed);
  for (const { score } of makeSamples({ count, seed })) {
    performance.addPrediction(score);
    performance.addOutcome(score, random() < probability(interpolateCurve(curve, score), random) ? 1 : 0);
  }
  return judgePerformance(livePerformance(performance, learnt?.bins), learnt);
}

const say = (judged: ReturnType<typeof judge>) => describePerformance(judged, artifact.output.positive);

describe('the verdict on performance', () => {
  it('finds a model as good as promised, again and again', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const judged = judge(1500, seed);
      assert.equal(judged.verdict, 'as promised', `${seed}: ${say(judged)}`);
    }
    assert.match(
      say(judge(1500, 1)),
      /^As good as promised: .*accuracy 0\.\d{3} \(expected 0\.\d{3} ± 0\.\d{3}\)/,
    );
  });

  it('finds one worse whose scores no longer tell, and says by which figures', () => {
    const judged = judge(3000, 1, (calibrated) => 0.5 + 0.3 * (0.5 - calibrated));
    assert.equal(judged.verdict, 'worse');
    assert.match(say(judged), /^Worse than promised: .*ROC AUC 0\.\d{3} \(expected 0\.\d{3} ± 0\.\d{3}\)/);
    assert.ok(judged.figures.some(({ figure, isWorse }) => figure === 'brier' && isWorse));
  });

  it('finds one worse that sees the order and not the level', () => {
    const judged = judge(3000, 1, (calibrated) => calibrated * 0.6);
    assert.equal(judged.verdict, 'worse');
    assert.match(say(judged), /[\d,]+ of 3,000 were ‘bad’, [\d,]+ expected/);
  });

  it('cannot tell by few outcomes, by none, and without a promise', () => {
    assert.match(say(judge(60, 1)), /^Cannot tell .*: 60 outcomes are too few\.$/);
    assert.match(say(judge(0, 1)), /^Cannot tell .*: there are no outcomes\.$/);
    const live = livePerformance(createPerformance(performanceReferenceOf(artifact)), undefined);
    const judged = judgePerformance(live, undefined);
    assert.match(say(judged), /^Cannot tell .*: the model file was made without outcomes\.$/);
  });
});
