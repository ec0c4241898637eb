import assert from 'node:assert/strict';
import { countAlarms } from '../../bench/outcomes-alarms.ts';
import { learn } from '../../bench/outcomes-tests.ts';
import { createCases, type WorldName, worlds } from '../../bench/outcomes-worlds.ts';
import { createPerformance } from '../../src/monitor/performance.ts';
import { rocAucShrinkage } from '../../src/monitor/performance-comparison.ts';
import { estimatedFigures, realisedFigures } from '../../src/monitor/performance-figures.ts';
import { createRandom } from '../../src/stats/random.ts';

const metrics = ['accuracy', 'precision', 'recall', 'f1', 'rocAuc'] as const;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]) =>
  (mean(values.map((value) => value ** 2)) - mean(values) ** 2) * (values.length / (values.length - 1));

/** Models of `rows` rows each, and what is estimated and realised over windows of 1,500 cases of a world. */
function estimate({
  world,
  learnsFrom = 'training',
  rows = 2000,
  models,
  windows,
}: {
  readonly world: WorldName;
  readonly learnsFrom?: WorldName;
  readonly rows?: number;
  readonly models: number;
  readonly windows: number;
}) {
  const random = createRandom(7);
  const drawTraining = createCases(worlds[learnsFrom], random);
  return Array.from({ length: models }, () => {
    const model = learn(Array.from({ length: rows }, drawTraining), random);
    const draw = createCases(worlds[world], random);
    return Array.from({ length: windows }, () => {
      const { addPrediction, addOutcome, cells, sums } = createPerformance(model.reference, 0, () => 0);
      for (let i = 0; i < 1500; i++) {
        const { score, isPositive } = draw();
        addPrediction(score);
        addOutcome(score, Number(isPositive));
      }
      return {
        estimated: estimatedFigures(cells, sums, model.scoreBins),
        realised: realisedFigures(cells, sums),
        shrinkage: rocAucShrinkage(model.scoreBins),
      };
    });
  });
}

type Looks = ReturnType<typeof estimate>;
type Look = Looks[number][number];

/** The standard error that is stated, as a multiple of the deviation between the windows of a model. */
function statedOverFound(looks: Looks, metric: (typeof metrics)[number]): number {
  const stated = looks.flat().map(({ estimated }) => (estimated[metric].standardError ?? 0) ** 2);
  const found = looks.map((windows) =>
    variance(windows.map(({ estimated }) => estimated[metric].value ?? 0)),
  );
  return Math.sqrt(mean(stated) / mean(found));
}

function within(value: number, least: number, greatest: number, what: string): void {
  assert.ok(value > least && value < greatest, `${what}: ${value}`);
}

describe('estimates without outcomes', () => {
  for (const world of ['training', 'riskier', 'mirrored', 'harder'] as const) {
    it(`state a standard error that is their deviation, in the world "${worlds[world].title}"`, () => {
      const looks = estimate({ world, models: 30, windows: 12 });
      for (const metric of metrics) within(statedOverFound(looks, metric), 0.8, 1.1, metric);
    });
  }

  it('state too small an error of the AUC, and of it alone, where positives are rare', () => {
    const rare = { world: 'rare 1', learnsFrom: 'rare 1', rows: 5000 } as const;
    const looks = estimate({ ...rare, models: 30, windows: 12 });
    for (const metric of ['accuracy', 'recall', 'f1'] as const) {
      within(statedOverFound(looks, metric), 0.8, 1.1, metric);
    }
    within(statedOverFound(looks, 'rocAuc'), 0.65, 0.75, 'rocAuc');
  });

  for (const [rows, models, optimism] of [
    [2000, 150, { rocAuc: 0.006, accuracy: 0.003 }],
    [200, 400, { rocAuc: 0.02, accuracy: 0.01 }],
  ] as const) {
    it(`have an AUC shrunk to what comes, and an accuracy somewhat too high, after ${rows} training rows`, () => {
      const looks = estimate({ world: 'training', rows, models, windows: 4 }).flat();
      const tooHigh = (metric: keyof typeof optimism, figure: (look: Look) => number) =>
        mean(looks.map((look) => figure(look) - (look.realised[metric].value ?? 0)));
      const shrunk = ({ estimated }: Look) => estimated.rocAuc.value ?? 0;
      within(tooHigh('rocAuc', shrunk), -0.002, 0.002, 'AUC');
      const calibrated = tooHigh('rocAuc', (look) => 0.5 + (shrunk(look) - 0.5) / look.shrinkage);
      within(calibrated, optimism.rocAuc - 0.001, optimism.rocAuc + 0.001, 'AUC before it is shrunk');
      const accuracy = tooHigh('accuracy', ({ estimated }) => estimated.accuracy.value ?? 0);
      within(accuracy, optimism.accuracy - 0.001, optimism.accuracy + 0.001, 'accuracy');
    });
  }

  it('raise no alarm for cases that were rare in training but are no harder', () => {
    const alarms = countAlarms({ rows: 1000, models: 30, outcomes: { mirrored: 10_000 }, seed: 4 });
    assert.equal(alarms.find(({ test }) => test === 'estimated')?.ofModels, 0);
  });
});
