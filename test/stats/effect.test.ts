import assert from 'node:assert/strict';
import { driftRule } from '../../src/stats/drift.ts';
import { compareImportance, compareSegments, measureEffect, nearness } from '../../src/stats/effect.ts';
import { closeTo } from './close-to.ts';

describe('the effect of a move', () => {
  it('is what the shift of shares adds to the scores, whatever its direction', () => {
    // half of the rows have moved from the bin of −1 to that of 2
    closeTo(measureEffect([80, 20], [3, 7], [-1, 2]), 1.5);
    closeTo(measureEffect([80, 20], [3, 7], [1, -2]), 1.5);
    closeTo(measureEffect([10, 30, 60], [2, 5, 3], [1, 10, 100]), Math.abs(0.1 + 0.2 * 10 - 0.3 * 100));
    closeTo(measureEffect([1, 3], [2, 6], [5, 7]), 0);
  });

  it('is not known without effects, or without rows on one side', () => {
    assert.equal(measureEffect([1, 3], [2, 6], undefined), null);
    assert.equal(measureEffect([0, 0], [2, 6], [1, 1]), null);
    assert.equal(measureEffect([1, 3], [0, 0], [1, 1]), null);
  });
});

describe('the importance of a move', () => {
  const { minPsi } = driftRule;
  const variable = (
    verdict: 'drifting' | 'moved' | 'stable' | 'undetermined',
    effect: number | null = null,
    psi: number | null = null,
    psiNoiseCeiling: number | null = null,
  ) => ({ verdict, effect, psi, psiNoiseCeiling });
  /** Whether these are in order from the first to the last, from whatever order they come. */
  const isOrder = <T>(compare: (a: T, b: T) => number, ordered: readonly T[]) => {
    assert.deepEqual(ordered.toReversed().sort(compare), ordered);
    assert.deepEqual(ordered.toSorted(compare), ordered);
  };

  it('is that of its PSI, as a multiple of its threshold', () => {
    closeTo(nearness({ psi: 3 * minPsi, psiNoiseCeiling: null }), 3);
    closeTo(nearness({ psi: minPsi, psiNoiseCeiling: 4 * minPsi }), 0.25);
    assert.equal(nearness({ psi: null, psiNoiseCeiling: 1 }), -1);
  });

  it('puts drift first, then a move; and a larger effect before a smaller one', () => {
    isOrder(compareImportance, [
      variable('drifting', 0.1),
      variable('moved', 0.9),
      variable('moved', 0.2),
      variable('undetermined', 0.8),
      variable('stable', 0.7),
      variable('stable', 0),
    ]);
  });

  it('puts the PSI that is nearer to its threshold first, where an effect is unknown or equal', () => {
    isOrder(compareImportance, [
      variable('moved', null, 0.05),
      variable('moved', 1, 0.04),
      variable('moved', null, 0.03),
    ]);
    isOrder(compareImportance, [variable('moved', 1, 0.4, 0.5), variable('moved', 1, 0.8, 2)]);
    isOrder(compareImportance, [variable('undetermined', null, 0), variable('stable')]);
  });

  it('puts segments in the same order, but those last that cannot be judged', () => {
    const segment = (verdict: Parameters<typeof variable>[0], ...psis: number[]) => ({
      verdict,
      variables: psis.map((psi) => variable(verdict, null, psi)),
    });
    isOrder(compareSegments, [
      segment('drifting', 0.2),
      segment('moved', 0.05),
      segment('moved', 0.03, 0.09),
      segment('stable', 0),
      segment('stable'),
      segment('undetermined', 0.1),
    ]);
  });
});
