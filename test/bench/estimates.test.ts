import assert from 'node:assert/strict';
import { countAlarms } from '../../bench/outcomes-alarms.ts';
import { learn } from '../../bench/outcomes-tests.ts';
import { createCases, type WorldName, worlds } from '../../bench/outcomes-worlds.ts';
import { createPerformance } from '../../src/monitor/performance.ts';
import { estimatedFigures, realisedFigures } from '../../src/monitor/performance-figures.ts';
import { createRandom } from '../../src/stats/random.ts';

const metrics = ['accuracy', 'precision', 'recall', 'f1', 'rocAuc'] as const;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]) =>
  (mean(values.map((value) => value ** 2)) - mean(values) ** 2) * (values.length / (values.length - 1));

/** Models of 2,000 rows each, and what is estimated and realised over windows of 1,500 cases of a world. */
function estimate(world: WorldName, models: number, windows: number) {
  const random = createRandom(7);
  const drawTraining = createCases(worlds.training, random);
  return Array.from({ length: models }, () => {
    const model = learn(Array.from({ length: 2000 }, drawTraining), random);
    const draw = createCases(worlds[world], random);
    return Array.from({ length: windows }, () => {
      const { addPrediction, addOutcome, cells, sums } = createPerformance(model.reference, 0, () => 0);
      for (let i = 0; i < 1500; i++) {
        const { score, isPositive } = draw();
        addPrediction(score);
        addOutcome(score, isPositive);
      }
      return {
        estimated: estimatedFigures(cells, sums, model.scoreBins),
        realised: realisedFigures(cells, sums),
      };
    });
  });
}

describe('estimates without outcomes', function () {
  this.timeout(60_000);

  for (const world of ['training', 'riskier', 'mirrored', 'harder'] as const) {
    it(`state a standard error that is their deviation, in the world "${worlds[world].title}"`, () => {
      const looks = estimate(world, 30, 12);
      for (const metric of metrics) {
        const stated = looks.flat().map(({ estimated }) => (estimated[metric].standardError ?? 0) ** 2);
        const found = looks.map((windows) =>
          variance(windows.map(({ estimated }) => estimated[metric].value ?? 0)),
        );
        const ratio = Math.sqrt(mean(stated) / mean(found));
        assert.ok(ratio > 0.8 && ratio < 1.3, `${metric}: ${ratio}`);
      }
    });
  }

  it('are not too high where nothing has changed', () => {
    const looks = estimate('training', 100, 3).flat();
    const optimism = mean(
      looks.map(({ estimated, realised }) => (estimated.rocAuc.value ?? 0) - (realised.rocAuc.value ?? 0)),
    );
    assert.ok(Math.abs(optimism) < 0.003, `${optimism}`);
  });

  it('accuse no model of cases that training had few of and that are no harder', () => {
    const alarms = countAlarms({ rows: 1000, models: 30, outcomes: { mirrored: 10_000 }, seed: 4 });
    assert.equal(alarms.find(({ test }) => test === 'estimated')?.ofModels, 0);
  });
});
