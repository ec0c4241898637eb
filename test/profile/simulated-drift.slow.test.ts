import assert from 'node:assert/strict';
import { numericReference } from '../../src/profile/make-reference.ts';
import { smallestDetectableDrift } from '../../src/profile/smallest-detectable-drift.ts';
import { backtest } from '../../src/report/compute/backtest.ts';
import { onlyCounted } from '../../src/report/compute/drift-reference.ts';
import { createTimeline } from '../../src/report/compute/timeline.ts';
import { countBins, createBinner } from '../../src/stats/binning.ts';
import { measureDrift, raisesAlert } from '../../src/stats/drift.ts';
import { normalQuantile } from '../../src/stats/normal-quantile.ts';
import { createRandom } from '../../src/stats/random.ts';

const requests = 1000;
const dayMs = 86_400_000;
const startMs = Date.parse('2026-01-05T00:00:00Z');

describe('the smallest drift that a reference can show', () => {
  const dayAlert = (rows: number) => smallestDetectableDrift(rows, requests).day;
  const weekAlert = (rows: number) => smallestDetectableDrift(rows, requests).week;
  const verdict = (rows: number) => smallestDetectableDrift(rows, requests).verdict;

  it('is what simulated windows show, of verdicts and of alerts on a week and on a day', () => {
    const random = createRandom(3);
    const normal = () => normalQuantile(random() || 0.5);
    const reference = (rows: number) => {
      const { edges, counts } = numericReference(Float64Array.from({ length: rows }, normal));
      return { bins: { kind: 'numeric', edges } as const, counts };
    };
    const window = (rows: number, liveRows: number, moved: number) => {
      const { bins, counts } = reference(rows);
      const live = Float64Array.from({ length: liveRows }, () => normal() + moved);
      return measureDrift(bins, counts, countBins(bins, live));
    };
    /** An alert by the end of the first day on which the feature has moved, after ten days on which it had not. */
    const isTold = (rows: number, moved: number) => {
      const { bins, counts } = reference(rows);
      const binOf = createBinner(bins);
      const timeline = createTimeline(counts.length, [300_000], 100_000);
      for (let i = 0; i < 11 * requests; i++) {
        const value = normal() + (i < 10 * requests ? 0 : moved);
        timeline.add(startMs + (i / requests) * dayMs, [binOf(value)]);
      }
      const alarms = backtest(timeline, [{ name: 'x', bins, counts, ...onlyCounted }], null);
      return alarms.some(
        ({ alert, from }) => alert === 'ModelFeatureDrift' && Date.parse(from) > startMs + 10 * dayMs,
      );
    };
    const isVerdict = (rows: number, moved: number) => window(rows, requests, moved).verdict === 'drifting';
    const isWeekAlert = (rows: number, moved: number) => raisesAlert(window(rows, 7 * requests, moved));
    for (const [rows, shift, isFound] of [
      [200, verdict(200), isVerdict],
      [1000, verdict(1000), isVerdict],
      [1000, weekAlert(1000), isWeekAlert],
      [1000, dayAlert(1000), isTold],
    ] as const) {
      const found = (moved: number) => {
        let windows = 0;
        for (let i = 0; i < 40; i++) if (isFound(rows, moved)) windows++;
        return windows / 40;
      };
      const name = `${isFound.name}, ${rows} rows`;
      assert.ok(found(shift) > 0.9, `${name}: ${found(shift)} at ${shift}`);
      assert.ok(found(shift / 2) < 0.5, `${name}: ${found(shift / 2)} at ${shift / 2}`);
    }
  });
});
