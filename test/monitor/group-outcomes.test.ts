import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadArtifact } from '../../src/model/artifact.ts';
import { featureBins } from '../../src/model/features.ts';
import { createGroupOutcomes, groupCountIndex } from '../../src/monitor/group-outcomes.ts';
import { groupConfusion } from '../../src/monitor/group-rates.ts';
import { binInGroup, createJointGroups } from '../../src/monitor/joint-groups.ts';
import { maxGroups } from '../../src/outcomes/token.ts';
import { binCount } from '../../src/stats/binning.ts';

const credit = await loadArtifact('models/credit.json');
const sizes = credit.features.map((feature) => binCount(featureBins(feature)));
const names = credit.features.map(({ name }) => name);
const groupsOf = (protectedNames: readonly string[], limit = maxGroups) =>
  createJointGroups({ features: credit.features, protected: [...protectedNames] }, limit);

describe('the joint groups of protected features', () => {
  it('have a number each, from which every feature’s bin can be derived', () => {
    for (const order of [names, names.toReversed(), names.slice(1)]) {
      const groups = groupsOf(order);
      assert.deepEqual(groups.leftOut, []);
      const count = groups.features.reduce((product, { size }) => product * size, 1);
      const seen = new Set<number>();
      const bins = new Uint16Array(sizes.length);
      for (let group = 0; group < count; group++) {
        for (const feature of groups.features) bins[feature.place] = binInGroup(feature, group);
        seen.add(groups.numberOf(bins));
        assert.equal(groups.numberOf(bins), group);
        assert.ok(groups.features.every(({ place, size }) => bins[place] < size));
      }
      assert.equal(seen.size, count);
    }
  });

  it('exclude the features that do not fit, in the order of the list', () => {
    const [first, second, third] = sizes;
    const left = (limit: number, order = names) => groupsOf(order, limit).leftOut;
    assert.deepEqual(left(first * second * third), []);
    assert.deepEqual(left(first * second * third - 1), [names[2]]);
    assert.deepEqual(left(first * second - 1).includes(names[1]), true);
    assert.deepEqual(left(sizes[2], names.toReversed()), [names[1], names[0]]);
    assert.deepEqual(left(1), names);
  });

  it('go up to the greatest number that an id holds', () => {
    const wide = Array.from({ length: 9 }, (_, i) => ({ ...credit.features[0], name: `f${i}` }));
    const groups = createJointGroups({ features: wide, protected: wide.map(({ name }) => name) }, maxGroups);
    assert.ok(groups.features.length >= 6 && groups.leftOut.length > 0);
    const last = wide.map(() => groups.features[0].size - 1);
    assert.ok(groups.numberOf(last) < maxGroups);
    assert.ok((groups.numberOf(last) + 1) * groups.features[0].size > maxGroups);
  });

  it('keep their numbers from one release to the next, as ids that were made before hold them', async () => {
    const old = await loadArtifact('test/model/fixtures/credit-v1.json');
    const groups = createJointGroups({ ...old, protected: ['history', 'age', 'limit'] }, maxGroups);
    assert.deepEqual(
      groups.features.map(({ name, size, step }) => [name, size, step]),
      [
        ['history', 7, 1],
        ['age', 11, 7],
        ['limit', 11, 77],
      ],
    );
    assert.equal(groups.numberOf([3, 5, 2]), 2 + 3 * 7 + 5 * 77);
    assert.deepEqual(
      groups.features.map((feature) => binInGroup(feature, groups.numberOf([3, 5, 2]))),
      [2, 3, 5],
    );
  });

  it('count a feature once that is named twice', () => {
    const [named, twice] = [names, [...names, names[0]]].map((order) => groupsOf(order));
    assert.deepEqual([twice.features, twice.leftOut], [named.features, []]);
  });

  it('are none without protected features', () => {
    assert.deepEqual(groupsOf([]).features, []);
  });
});

describe('outcomes by bin of the protected features', () => {
  it('have a count for each pair of classes in each bin, however many classes there are', () => {
    const { features, totals } = createGroupOutcomes(groupsOf(names), 3);
    const places = features.flatMap((layout) =>
      Array.from({ length: layout.size }, (_, bin) =>
        [0, 1, 2].flatMap((predicted) =>
          [0, 1, 2].map((outcome) => groupCountIndex(layout, bin, predicted, outcome)),
        ),
      ).flat(),
    );
    assert.deepEqual(places, [...totals.keys()]);
  });

  it('are those of a recount, in each window', () => {
    const groups = groupsOf(names);
    const row = fc.record({
      bins: fc.tuple(...sizes.map((size) => fc.nat({ max: size - 1 }))),
      predictedClass: fc.nat({ max: 1 }),
      outcome: fc.nat({ max: 1 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), fc.array(row, { maxLength: 60 }), (before, after) => {
        let nowMs = 0;
        const counted = createGroupOutcomes(groups, 2, () => nowMs);
        const add = ({ bins, predictedClass, outcome }: (typeof before)[number]) =>
          counted.add(groups.numberOf(bins), predictedClass, outcome);
        before.forEach(add);
        nowMs += 3 * 3_600_000;
        after.forEach(add);
        const windows: [ArrayLike<number>, typeof before][] = [
          [counted.totals, [...before, ...after]],
          [counted.window('1h'), after],
          [counted.window('24h'), [...before, ...after]],
        ];
        for (const [counts, rows] of windows) {
          for (const layout of counted.features) {
            for (let bin = 0; bin < layout.size; bin++) {
              const of = (predictedClass: number, outcome: number) =>
                rows.filter(
                  (one) =>
                    one.bins[layout.place] === bin &&
                    one.predictedClass === predictedClass &&
                    one.outcome === outcome,
                ).length;
              assert.deepEqual(groupConfusion(layout, bin, counts), {
                truePositives: of(1, 1),
                falsePositives: of(1, 0),
                trueNegatives: of(0, 0),
                falseNegatives: of(0, 1),
              });
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
