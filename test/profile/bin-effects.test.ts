import assert from 'node:assert/strict';
import { readTrainingSet } from '../../src/cli/read-training-set.ts';
import type { Artifact } from '../../src/model/artifact.ts';
import { featureBins } from '../../src/model/features.ts';
import { associatedEffects, ownEffects, scoreSpread } from '../../src/profile/bin-effects.ts';
import { buildReference } from '../../src/profile/build-reference.ts';
import { countBins } from '../../src/stats/binning.ts';
import { measureDrift } from '../../src/stats/drift.ts';
import { measureEffect } from '../../src/stats/effect.ts';
import { createRandom } from '../../src/stats/random.ts';
import { trainModel } from '../../src/training/train-model.ts';
import { options, smallSet } from '../model/small-set.ts';
import { closeTo } from '../stats/close-to.ts';
import { explanationOf, scorerOf } from '../support/model-parts.ts';

type Row = Readonly<Record<string, unknown>>;

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('the spread of scores', () => {
  it('is that of their log-odds, if scores are probabilities, and bounded at certainty', () => {
    const spread = scoreSpread([0.5, 1 / (1 + Math.exp(-2))]) ?? assert.fail('they differ');
    closeTo(spread.deviation, 1, 1e-12);
    closeTo(spread.values[0], -1, 1e-12);
    closeTo(scoreSpread([0, 1])?.deviation ?? null, 10, 1e-12);
  });

  it('is that of the scores themselves for any other output', () => {
    closeTo(scoreSpread([100, 300])?.deviation ?? null, 100, 1e-12);
  });

  it('is none if all are the same', () => {
    assert.equal(scoreSpread([0.3, 0.3, 0.3]), null);
  });
});

describe('the effects of bins', () => {
  const set = smallSet();
  const artifact = trainModel(set, options);
  const rows = set.columns[0].values.length;
  const explanation = explanationOf(artifact);
  const score = scorerOf(artifact);
  const scores = Array.from({ length: rows }, (_, i) =>
    score(Object.fromEntries(set.columns.map(({ name, values }) => [name, values[i]]))),
  );
  const { deviation } = scoreSpread(scores) ?? assert.fail('they differ');

  it('are the mean own contribution of the rows in a bin, in deviations of the log-odds', () => {
    for (const [i, feature] of artifact.features.entries()) {
      const { effects = [], counts } = feature.reference;
      const contribution = explanation.contributionOf(feature.name);
      const sum = effects.reduce((total, effect, bin) => total + effect * counts[bin], 0);
      closeTo(
        (sum / rows) * deviation,
        mean(Array.from(set.columns[i].values as ArrayLike<unknown>, contribution)),
        1e-5,
      );
    }
  });

  it('give for a category exactly the change of its mean contribution', () => {
    const kind = artifact.features[1];
    assert.ok(kind.kind === 'categorical');
    const live = ['a', 'a', 'a', 'b', null, 'never seen'];
    const before = mean(
      Array.from(set.columns[1].values as ArrayLike<unknown>, explanation.contributionOf('kind')),
    );
    const after = mean(live.map(explanation.contributionOf('kind')));
    const { counts, effects } = kind.reference;
    closeTo(
      measureEffect(counts, countBins(featureBins(kind), live), effects),
      Math.abs(after - before) / deviation,
      1e-5,
    );
  });

  it('stand for a value of the bin where the reference has none', () => {
    const bins = { kind: 'numeric', edges: [90, 100, 110] } as const;
    const effects = ownEffects(explanation, 'amount', bins, [95, 96], { deviation: 2 });
    const contribution = explanation.contributionOf('amount');
    closeTo(effects[0], contribution(90) / 2, 1e-6);
    closeTo(effects[1], (contribution(95) + contribution(96)) / 4, 1e-6);
    closeTo(effects[3], contribution(110) / 2, 1e-6);
    closeTo(effects[4], contribution(null) / 2, 1e-6);
  });

  it('are averages of the scores by value if only scores are known', () => {
    const spread = scoreSpread([0.2, 0.2, 0.8, 0.8]) ?? assert.fail('they differ');
    const bins = { kind: 'categorical', categories: ['a', 'b'], grouped: [] } as const;
    assert.deepEqual(associatedEffects(bins, ['a', 'a', 'b', 'b'], spread), [-1, 1, 0, 0]);
  });
});

describe('the effect of natural shifts', () => {
  let artifact: Artifact;
  let rows: Row[];

  before(async () => {
    const { set } = await readTrainingSet('data/german-credit.csv', () => ({
      target: 'outcome',
      positive: 'bad',
      categorical: [],
      allowIds: [],
      sensitive: [],
    }));
    artifact = trainModel(set, options);
    rows = Array.from(set.outcomes, (_, i) =>
      Object.fromEntries(set.columns.map(({ name, values }) => [name, values[i]])),
    );
  });

  it('ranks features by the decisions that change, with or without coefficients, unlike the PSI', () => {
    const score = scorerOf(artifact);
    const scores = rows.map(score);
    const other = buildReference({ model: 'm', version: '1' }, rows, scores);
    const positives = (chosen: readonly Row[]) => mean(chosen.map((row) => (score(row) >= 0.5 ? 1 : 0)));
    const random = createRandom(23);
    const shifts = artifact.features.flatMap((feature, i) =>
      [-1, 1].map((direction) => {
        const live = redraw(rows, feature.name, direction, random);
        const values = live.map((row) => row[feature.name]);
        const bins = featureBins(feature);
        const counts = countBins(bins, values);
        const variable = other.features[i];
        return {
          changed: Math.abs(positives(live) - positives(rows)),
          psi: measureDrift(bins, feature.reference.counts, counts).psi ?? 0,
          own: measureEffect(feature.reference.counts, counts, feature.reference.effects) ?? 0,
          associated: measureEffect(variable.counts, countBins(variable.bins, values), variable.effects) ?? 0,
        };
      }),
    );
    const withDecisions = (of: 'psi' | 'own' | 'associated') =>
      rankCorrelation(
        shifts.map((shift) => shift[of]),
        shifts.map(({ changed }) => changed),
      );
    assert.ok(withDecisions('own') >= 0.7, `own: ${withDecisions('own')}`);
    assert.ok(withDecisions('associated') >= 0.7, `associated: ${withDecisions('associated')}`);
    assert.ok(withDecisions('psi') < 0.5, `PSI: ${withDecisions('psi')}`);
  });
});

/** Rows drawn so that one feature moves, and the features that are correlated with it move along. */
function redraw(rows: readonly Row[], name: string, direction: number, random: () => number): Row[] {
  const values = rows.map((row) => row[name]);
  const [numbers, tilt] =
    typeof values[0] === 'number' ? [values as number[], 0.5] : [mostFrequent(values), 1];
  const centre = mean(numbers);
  const deviation = Math.sqrt(mean(numbers.map((value) => (value - centre) ** 2)));
  let total = 0;
  const upTo = numbers.map((value) => {
    total += Math.exp((direction * tilt * (value - centre)) / deviation);
    return total;
  });
  return Array.from({ length: 4000 }, () => {
    const at = random() * total;
    return rows[upTo.findIndex((sum) => sum > at)];
  });
}

/** 1 for the most frequent category, 0 for the others. */
function mostFrequent(values: readonly unknown[]): number[] {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [[most]] = [...counts].sort(([, a], [, b]) => b - a);
  return values.map((value) => (value === most ? 1 : 0));
}

/** Spearman's. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const ranks = (values: readonly number[]) =>
    values.map((value) => values.filter((one) => one < value).length);
  const [x, y] = [ranks(a), ranks(b)];
  const [mx, my] = [mean(x), mean(y)];
  const sum = (of: (i: number) => number) => x.reduce((total, _, i) => total + of(i), 0);
  const covariance = sum((i) => (x[i] - mx) * (y[i] - my));
  return covariance / Math.sqrt(sum((i) => (x[i] - mx) ** 2) * sum((i) => (y[i] - my) ** 2));
}
