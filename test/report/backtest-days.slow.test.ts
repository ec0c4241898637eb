import assert from 'node:assert/strict';
import { drawNormal } from '../../bench/draw-normal.ts';
import { backtest } from '../../src/report/compute/backtest.ts';
import { onlyCounted } from '../../src/report/compute/drift-reference.ts';
import { createTimeline } from '../../src/report/compute/timeline.ts';
import { countBins, numericBinIndex } from '../../src/stats/binning.ts';
import { quantileEdges } from '../../src/stats/quantile-edges.ts';
import { createRandom } from '../../src/stats/random.ts';

const dayMs = 86_400_000;
const startMs = Date.parse('2026-01-05T00:00:00Z');
/** Ten bins, missing. */
const cells = 11;

/**
 * The days on which ModelFeatureDrift begins, by feature, of six normal features that are moved by so many deviations on each day. Each has a
 * reference of its own, of 1,000 rows.
 */
function alertDays(days: number, perDay: number, deviations: (day: number) => number) {
  const random = createRandom(7);
  const normal = () => drawNormal(random);
  const features = Array.from({ length: 6 }, (_, i) => {
    const rows = Array.from({ length: 1000 }, normal);
    const bins = { kind: 'numeric' as const, edges: quantileEdges(rows, 10) };
    return { name: `x${i}`, bins, counts: countBins(bins, rows), ...onlyCounted };
  });
  const timeline = createTimeline(cells * features.length, [300_000], 100_000);
  for (let row = 0; row < days * perDay; row++) {
    const day = row / perDay;
    const moved = deviations(Math.floor(day));
    timeline.add(
      startMs + day * dayMs,
      features.map(({ bins: { edges } }, i) => i * cells + numericBinIndex(edges, normal() + moved)),
    );
  }
  const alarms = backtest(timeline, features, null).filter(({ alert }) => alert === 'ModelFeatureDrift');
  return features.map(({ name }) =>
    alarms.filter(({ feature }) => feature === name).map(({ from }) => (Date.parse(from) - startMs) / dayMs),
  );
}

/** How many features have an alert by day 24 after a step on day 10, and when half of them have one. */
function stepsFound(perDay: number, deviations: number) {
  const begins = alertDays(24, perDay, (day) => (day < 10 ? 0 : deviations));
  assert.ok(begins.flat().every((day) => day >= 10));
  const days = begins.map(([first = Infinity]) => first - 10).sort((a, b) => a - b);
  return { share: days.filter(Number.isFinite).length / days.length, medianDays: days[days.length / 2] };
}

describe('the backtest of many days', () => {
  it('detects no less and no later with more requests', () => {
    const rates = [150, 250, 350, 600, 1000, 2000];
    const found = rates.map((perDay) => stepsFound(perDay, 0.5));
    for (const [i, { share, medianDays }] of found.entries()) {
      const { share: before, medianDays: later } = found[i - 1] ?? { share: 0, medianDays: Infinity };
      const say = `${rates[i]} a day: ${share} after ${medianDays} days, before that ${before} after ${later}`;
      assert.ok(share >= before && medianDays <= later, say);
      if (rates[i] >= 250) assert.ok(share === 1 && medianDays <= 7, say);
    }
  });

  it('treats weekends as seasonal, from the second one on, at any rate', () => {
    for (const perDay of [600, 5000]) {
      // Days 5 and 6 of each week. The first one has no other to be compared with.
      const begins = alertDays(21, perDay, (day) => (day % 7 >= 5 ? 0.6 : 0));
      assert.deepEqual(
        begins.flat().filter((day) => day >= 7),
        [],
        `${perDay} a day`,
      );
      if (perDay === 5000) assert.ok(begins.flat().length > 0, 'the first weekend is drift to it');
    }
  });

  it('raises an alert on a weekend that is unlike the one before', () => {
    const begins = alertDays(21, 5000, (day) => (day % 7 >= 5 ? (day > 14 ? -0.6 : 0.6) : 0));
    for (const days of begins)
      assert.ok(
        days.some((day) => day > 19 && day < 21),
        days.join(),
      );
  });
});
