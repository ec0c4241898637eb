import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ReportVariable } from '../../src/report/compute/drift-report.ts';
import { overTimeChart } from '../../src/report/render/page-charts.ts';
import { judgeDrift } from '../../src/stats/drift.ts';

type Step = { readonly psi: number; readonly psiNoiseCeiling: number };

const hourMs = 3_600_000;

/** Where the grey area of each step ends and where the line is, both as PSI by the scale that the chart states. */
function readChart(steps: readonly Step[]): { thresholds: number[]; line: number[]; dots: number } {
  const overTime = steps.map(({ psi, psiNoiseCeiling }, i) => ({
    from: new Date(i * hourMs).toISOString(),
    samples: 500,
    psi,
    psiNoiseCeiling,
    verdict: judgeDrift(psi, psiNoiseCeiling, null),
  }));
  const { html } = overTimeChart({ name: 'age', overTime } as unknown as ReportVariable, hourMs / 1000);
  const path = (name: string) => new RegExp(`class="${name}" d="([^"]*)"`).exec(html)?.[1] ?? '';
  const numbers = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, each]) => Number(each));
  // the highest value stands at the scale's top, less a margin of 8 %
  const highest = Math.max(...steps.map(({ psi }) => psi));
  const psiAt = (y: number) => ((100 - y) / 100) * highest * 1.08;
  return {
    thresholds: numbers(path('threshold'), /V([\d.]+)H/g).map(psiAt),
    line: numbers(path('line'), /[ML][\d.]+ ([\d.]+)/g).map(psiAt),
    dots: [...path('dots').matchAll(/M/g)].length,
  };
}

describe('the chart of PSI over time', () => {
  it('is grey up to 0.1, or up to what chance explains where that is more', () => {
    const { thresholds, line, dots } = readChart([
      { psi: 0.05, psiNoiseCeiling: 0.02 },
      { psi: 1, psiNoiseCeiling: 0.3 },
      { psi: 0.4, psiNoiseCeiling: 0 },
    ]);
    const near = (actual: readonly number[], expected: readonly number[]) =>
      assert.deepEqual(
        actual.map((value) => value.toFixed(2)),
        expected.map((value) => value.toFixed(2)),
      );
    near(thresholds, [0.1, 0.3, 0.1]);
    near(line, [0.05, 1, 0.4]);
    assert.equal(dots, 2);
  });

  it('has the line above the grey exactly where the verdict is drifting', () => {
    const step = fc.record({
      psi: fc.integer({ min: 0, max: 60 }).map((hundredths) => hundredths / 100),
      psiNoiseCeiling: fc.integer({ min: 0, max: 60 }).map((hundredths) => hundredths / 100),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        const shown = [...steps, { psi: 1, psiNoiseCeiling: 0 }];
        const { thresholds, line } = readChart(shown);
        for (const [i, { psi, psiNoiseCeiling }] of shown.entries()) {
          // what is less than half a hundredth apart is drawn as one
          assert.equal(
            line[i] - thresholds[i] > 0.005,
            judgeDrift(psi, psiNoiseCeiling, null) === 'drifting',
          );
        }
      }),
    );
  });
});
