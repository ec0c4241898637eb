import assert from 'node:assert/strict';
import type { Learnt } from '../../src/model/learnt.ts';
import { outcomeRule } from '../../src/monitor/performance-calibration.ts';
import { judgePerformance } from '../../src/monitor/performance-verdict.ts';
import { rocAucStandardError, shareStandardError } from '../../src/stats/standard-errors.ts';
import { closeTo } from '../stats/close-to.ts';

type Live = Parameters<typeof judgePerformance>[0];

/** Fifty bins, fine enough to compare the AUC; half the rows of each are positive where scores say so. */
const counts = Array.from({ length: 50 }, () => 200);
const learnt = {
  bins: { counts, positives: counts.map((_, bin) => 4 * bin) },
  evaluation: {
    accuracy: { value: 0.8, standardError: 0.004 },
    rocAuc: { value: 0.9, standardError: 0.004 },
    brier: { value: 0.15, standardError: 0.002 },
  },
  rows: 10_000,
  positives: 4_900,
} as unknown as Learnt;

const confusion = { truePositives: 4000, falsePositives: 1000, trueNegatives: 4000, falseNegatives: 1000 };
const asPromised = { observed: 5000, expected: 5000, z: 0, effect: 0 };
const calibrated = { chiSquare: 5, bands: 10, ceiling: 40, effect: 0 };

/** Live figures that are as promised, but for what is given. */
function live(realised: Record<string, unknown> = {}, more: Partial<Omit<Live, 'realised'>> = {}): Live {
  return {
    realised: {
      samples: 10_000,
      confusion,
      accuracy: { value: 0.8 },
      rocAuc: { value: null },
      brier: 0.15,
      brierStandardError: 0.001,
      ...realised,
    },
    observedExpected: asPromised,
    calibration: calibrated,
    coverage: { isIdentified: true },
    ...more,
  } as unknown as Live;
}
const verdictOf = (...given: Parameters<typeof live>) => judgePerformance(live(...given), learnt).verdict;

describe('the judgement of performance', () => {
  it('compares accuracy, AUC and Brier score with those of the model file, the worst first', () => {
    const { figures, verdict } = judgePerformance(
      live({ accuracy: { value: 0.79 }, rocAuc: { value: 0.7 }, brier: 0.14 }),
      learnt,
    );
    assert.deepEqual(
      figures.map(({ figure, value, isWorse }) => [figure, value, isWorse]),
      [
        ['rocAuc', 0.7, true],
        ['accuracy', 0.79, false],
        ['brier', 0.14, false],
      ],
    );
    assert.equal(verdict, 'worse');
    const [area, accuracy, brier] = figures;
    const { designEffect } = outcomeRule;
    closeTo(brier.z, -0.01 / Math.sqrt(designEffect * 0.001 ** 2 + 0.002 ** 2));
    closeTo(
      accuracy.z,
      0.01 /
        Math.sqrt(
          designEffect * shareStandardError(0.79, 10_000) ** 2 +
            Math.max(shareStandardError(0.79, 10_000), 0.004) ** 2,
        ),
    );
    const promised = area.expected.value;
    closeTo(
      area.z,
      (promised - 0.7) /
        Math.sqrt(
          designEffect *
            Math.max(rocAucStandardError(0.7, 5000, 5000), rocAucStandardError(promised, 5000, 5000)) ** 2 +
            Math.max(rocAucStandardError(0.7, 4900, 5100), 0.004) ** 2,
        ),
    );
  });

  it('finds a figure worse only if it is certain, and by a tenth of the promised errors', () => {
    // of 0.15, a tenth is 0.015; the error of the comparison is 0.0026
    assert.equal(verdictOf({ brier: 0.164 }), 'as promised');
    assert.equal(verdictOf({ brier: 0.166 }), 'worse');
    assert.equal(verdictOf({ brier: 0.166, brierStandardError: 0.005 }), 'as promised');
    // of the promised 0.2, a tenth is 0.02
    assert.equal(verdictOf({ accuracy: { value: 0.781 } }), 'as promised');
    assert.equal(verdictOf({ accuracy: { value: 0.77 } }), 'as promised');
    assert.equal(verdictOf({ accuracy: { value: 0.76 } }), 'worse');
    assert.equal(verdictOf({ accuracy: { value: 0.9 }, brier: 0.01 }), 'as promised');
  });

  it('does not compare what is not known', () => {
    const figuresOf = (...given: Parameters<typeof live>) =>
      judgePerformance(live(...given), learnt).figures.map(({ figure }) => figure);
    assert.deepEqual(figuresOf({ accuracy: { value: null } }), ['brier']);
    assert.deepEqual(figuresOf({ brier: null }), ['accuracy']);
    assert.deepEqual(figuresOf({ brierStandardError: null }), ['accuracy']);
    const coarse = {
      ...learnt,
      bins: { counts: [5000, 5000], positives: [1000, 4000] },
    } as unknown as Learnt;
    assert.deepEqual(
      judgePerformance(live({ rocAuc: { value: 0.5 } }), coarse)
        .figures.map(({ figure }) => figure)
        .sort(),
      ['accuracy', 'brier'],
    );
  });

  it('finds more or fewer positives than expected', () => {
    const verdict = (z: number | null, effect: number | null) =>
      verdictOf({}, { observedExpected: { ...asPromised, z, effect } });
    assert.equal(verdict(4.1, 0.11), 'worse');
    assert.equal(verdict(-4.1, 0.11), 'worse');
    assert.equal(verdict(4, 0.11), 'as promised');
    assert.equal(verdict(4.1, 0.1), 'as promised');
    assert.equal(verdict(null, null), 'as promised');
    const { outcomes } = judgePerformance(
      live({}, { observedExpected: { observed: 700, expected: 500, z: 9, effect: 0.4 } }),
      learnt,
    );
    assert.deepEqual(outcomes, {
      observed: 700,
      expected: 500,
      areUnexpected: true,
      isCalibrationBroken: false,
    });
  });

  it('finds bands of the score in which outcomes are not as expected', () => {
    const verdict = (chiSquare: number, ceiling: number | null, effect: number | null) =>
      verdictOf({}, { calibration: { bands: 10, chiSquare, ceiling, effect } });
    assert.equal(verdict(41, 40, 0.11), 'worse');
    assert.equal(verdict(40, 40, 0.11), 'as promised');
    assert.equal(verdict(41, 40, 0.1), 'as promised');
    assert.equal(verdict(41, 40, null), 'as promised');
    assert.equal(verdict(41, null, 0.11), 'as promised');
  });

  it('knows nothing of what was expected without a calibration', () => {
    for (const none of [{ observedExpected: null }, { calibration: null }]) {
      assert.equal(judgePerformance(live({}, none), learnt).outcomes, null);
    }
    assert.equal(verdictOf({}, { observedExpected: null }), 'as promised');
  });

  it('cannot tell by fewer than 100 outcomes, whatever they are', () => {
    const few = judgePerformance(live({ samples: 99, brier: 0.9 }), learnt);
    assert.deepEqual([few.verdict, few.doubt, few.samples], ['undetermined', 'few outcomes', 99]);
    assert.ok(few.figures.some(({ isWorse }) => isWorse));
    assert.equal(verdictOf({ samples: 100, brier: 0.9 }), 'worse');
  });

  it('cannot tell when the error of each comparison could hide half as many errors again', () => {
    const doubtful = (brierStandardError: number) =>
      judgePerformance(live({ accuracy: { value: null }, brierStandardError }), learnt);
    // 4 errors of the comparison against half of 0.15
    assert.equal(doubtful(0.0107).verdict, 'as promised');
    const { verdict, doubt } = doubtful(0.0109);
    assert.deepEqual([verdict, doubt], ['undetermined', 'few outcomes']);
    // one figure that is certain will do
    assert.equal(verdictOf({ brierStandardError: 1 }), 'as promised');
  });

  it('compares no figure while one decision has hardly any outcomes, but finds outcomes that are unexpected', () => {
    const coverage = { isIdentified: false };
    const judged = judgePerformance(live({ brier: 0.9 }, { coverage }), learnt);
    assert.deepEqual([judged.verdict, judged.doubt, judged.figures], ['undetermined', 'one decision', []]);
    const observedExpected = { ...asPromised, z: 9, effect: 0.4 };
    assert.equal(verdictOf({}, { coverage, observedExpected }), 'worse');
  });

  it('needs a promise', () => {
    assert.deepEqual(judgePerformance(live(), undefined), {
      verdict: 'undetermined',
      samples: 10_000,
      figures: [],
      outcomes: null,
      doubt: 'no promise',
    });
  });
});
