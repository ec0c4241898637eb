import assert from 'node:assert/strict';
import { risenShare } from '../../src/monitor/risen-share.ts';
import { expectedCounts, rankCategories } from '../../src/profile/make-reference.ts';
import { createCategoryCounter } from '../../src/report/compute/category-counter.ts';
import { binCount, countBins, createBinner } from '../../src/stats/binning.ts';
import { measureDrift, raisesAlert } from '../../src/stats/drift.ts';
import { expectedAgain } from '../../src/stats/expected-again.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';

type Draw = (random: Random) => string;

const pareto =
  (tail: number): Draw =>
  (random) =>
    `m${Math.floor((1 - random()) ** (-1 / tail))}`;
const uniform =
  (names: number): Draw =>
  (random) =>
    `n${Math.floor(names * random())}`;

/** How many of the windows drift, would raise a drift alert, or the alert on unseen values. */
function alarms(draw: Draw, [referenceRows, rows]: readonly [number, number], wave = 0, windows = 60) {
  const random = createRandom(11);
  const found = { drifting: 0, alert: 0, unseen: 0 };
  for (let window = 0; window < windows; window++) {
    const counter = createCategoryCounter();
    for (let i = 0; i < referenceRows; i++) counter.add(draw(random));
    const reference = counter.finish() ?? assert.fail('so many names are categories');
    const live = countBins(
      reference.bins,
      Array.from({ length: rows }, (_, i) => (random() < wave ? `new ${i}` : draw(random))),
    );
    const drift = measureDrift(reference.bins, reference.counts, live);
    const occurrences = (counts: readonly number[]) => ({
      count: counts[counts.length - 1],
      samples: counts.reduce((sum, count) => sum + count),
    });
    if (drift.verdict === 'drifting') found.drifting++;
    if (raisesAlert(drift)) found.alert++;
    if (risenShare(occurrences(live), occurrences(reference.counts)) !== null) found.unseen++;
  }
  return found;
}

const none = { drifting: 0, alert: 0, unseen: 0 };

describe('the counts to expect of categories', () => {
  it('are the rows themselves except for names seen once', () => {
    const counts = new Map([
      ['good', 530],
      ['none', 293],
      ['late', 88],
      ['odd', 3],
      ['odder', 1],
    ]);
    const bins = rankCategories(counts);
    assert.deepEqual(bins, { categories: ['good', 'none', 'late'], grouped: ['odd', 'odder'] });
    assert.deepEqual(expectedCounts(bins, counts, 7), [530, 293, 88, 3, 7, 1]);
  });

  it('use names seen once as the share of unseen names', () => {
    const counts = new Map([['shop', 90], ...Array.from({ length: 10 }, (_, i) => [`s${i}`, 1] as const)]);
    const bins = rankCategories(counts);
    assert.deepEqual(bins.categories, ['shop']);
    assert.deepEqual(expectedCounts(bins, counts, 2), [90, 0, 2, 10]);
  });

  it('give few rows a bin where there are few in all, and always one to the commonest', () => {
    const rows = (entries: [string, number][]) => rankCategories(new Map(entries)).categories;
    assert.deepEqual(
      rows([
        ['a', 3],
        ['b', 2],
        ['c', 1],
      ]),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(
      rows([
        ['a', 95],
        ['b', 5],
      ]),
      ['a', 'b'],
    );
    assert.deepEqual(
      rows([
        ['a', 96],
        ['b', 4],
      ]),
      ['a'],
    );
    assert.deepEqual(rows(Array.from({ length: 300 }, (_, i) => [`${i}`.padStart(3, '0'), 2])), ['000']);
  });

  it('keep the sum of the rows', () => {
    const random = createRandom(2);
    for (const draw of [pareto(0.9), pareto(0.3), uniform(50), uniform(3000)]) {
      const counter = createCategoryCounter();
      for (let i = 0; i < 1000; i++) counter.add(draw(random));
      const { counts } = counter.finish() ?? assert.fail();
      assert.equal(
        counts.reduce((sum, count) => sum + count),
        1000,
      );
      assert.ok(counts.every((count) => Number.isInteger(count) && count >= 0));
    }
  });
});

describe('what is expected again', () => {
  it('is unchanged if counts are far apart, and the mean if they differ by chance', () => {
    const apart = expectedAgain([300, 100, 30, 8]);
    for (const count of [300, 100, 30, 8]) {
      assert.ok(Math.abs((apart.get(count) ?? 0) - count) < 0.15 * count, `${count}: ${apart.get(count)}`);
    }
    const counter = new Map<string, number>();
    const random = createRandom(4);
    for (let i = 0; i < 4000; i++) {
      const name = uniform(1000)(random);
      counter.set(name, (counter.get(name) ?? 0) + 1);
    }
    const again = expectedAgain(counter.values());
    for (const count of [1, 4, 8, 10]) {
      assert.ok(Math.abs((again.get(count) ?? 0) - 4) < 1, `${count}: ${again.get(count)}`);
    }
  });
});

describe('categories with a long tail', () => {
  for (const [title, draw, sizes] of [
    [
      'Pareto, tail 0.9',
      pareto(0.9),
      [
        [1000, 1000],
        [4000, 4000],
        [4000, 20_000],
        [20_000, 20_000],
      ],
    ],
    [
      'Pareto, tail 0.6',
      pareto(0.6),
      [
        [1000, 1000],
        [4000, 4000],
        [20_000, 20_000],
      ],
    ],
    [
      '300 equal names',
      uniform(300),
      [
        [4000, 4000],
        [4000, 20_000],
      ],
    ],
    ['100 equal names', uniform(100), [[1000, 4000]]],
  ] as const) {
    it(`raise no alarm if nothing changes: ${title}`, () => {
      for (const size of sizes) assert.deepEqual(alarms(draw, size), none, `${size}`);
    });
  }

  it('raise almost no permanent alarm if a list of 20 is complete, and some are rare', () => {
    const weights = Array.from({ length: 20 }, (_, i) => (i + 1) ** -1.5);
    const below = weights.map((_, i) => weights.slice(0, i + 1).reduce((total, weight) => total + weight));
    const sum = below[below.length - 1];
    const live = 1_000_000;
    const random = createRandom(5);
    let drifting = 0;
    for (let reference = 0; reference < 2000; reference++) {
      const counts = new Map<string, number>();
      for (let i = 0; i < 200; i++) {
        const drawn = random() * sum;
        const rank = below.findIndex((upTo) => drawn < upTo);
        counts.set(`n${rank}`, (counts.get(`n${rank}`) ?? 0) + 1);
      }
      const bins = { kind: 'categorical', ...rankCategories(counts) } as const;
      const binOf = createBinner(bins);
      const observed = new Array<number>(binCount(bins)).fill(0);
      for (const [i, weight] of weights.entries())
        observed[binOf(`n${i}`)] += Math.round((live * weight) / sum);
      if (measureDrift(bins, expectedCounts(bins, counts, 0), observed).verdict === 'drifting') drifting++;
    }
    // one in 3,000; with `unseen` as a bin of its own it is one in 17
    assert.ok(drifting <= 4, `${drifting} of 2,000 references`);
  });

  it('show a wave of new names', () => {
    assert.ok(alarms(pareto(0.9), [4000, 20_000], 0.02, 20).unseen >= 19);
    assert.ok(alarms(pareto(0.6), [20_000, 20_000], 0.02, 20).unseen >= 19);
    assert.ok(alarms(pareto(0.9), [4000, 2000], 0.05, 20).unseen >= 19);
    assert.ok(alarms(pareto(0.6), [4000, 4000], 0.05, 20).unseen >= 19);
  });
});
