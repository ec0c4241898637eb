import { type Drift, driftThreshold } from './drift.ts';
import { sumCounts } from './smoothing.ts';

/** A move counts as large from this effect on: it shifts the scores by a tenth of their own spread. */
export const largeEffect = 0.1;

/**
 * What the move of one variable does to the scores, in standard deviations of their log-odds in the reference: |Σ
 * (n_b/N − m_b/M)·c_b|, where c_b is what a row in bin b adds to the log-odds on average. For a linear model that is
 * the variable's own contribution; for any other model it is the log-odds themselves, so the effect is what the move
 * would do if scores still depended on the variable as they do in the reference. O(bins).
 *
 * @param reference counts of all bins
 * @param live counts of the same bins
 * @param effects c_b, see `src/profile/bin-effects.ts`
 * @returns `null` without effects, or when a side has no rows
 */
export function measureEffect(
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
  effects: ArrayLike<number> | undefined,
): number | null {
  const referenceSamples = sumCounts(reference);
  const samples = sumCounts(live);
  if (effects === undefined || referenceSamples === 0 || samples === 0) return null;
  let sum = 0;
  for (let i = 0; i < live.length; i++) {
    sum += (live[i] / samples - reference[i] / referenceSamples) * effects[i];
  }
  return Math.abs(sum);
}

type Moved = Pick<Drift, 'verdict' | 'psi' | 'psiNoiseCeiling'> & { readonly effect: number | null };

type MovedSegment = Pick<Drift, 'verdict'> & { readonly variables: readonly Moved[] };

const ranks = { drifting: 0, moved: 1, stable: 2, undetermined: 2 } as const;

/**
 * Orders variables by importance: drifting first, then moved; within each group by effect, or if that is not known, by
 * how near the PSI is to its threshold.
 */
export function compareImportance(a: Moved, b: Moved): number {
  const byEffect = a.effect === null || b.effect === null ? 0 : b.effect - a.effect;
  return ranks[a.verdict] - ranks[b.verdict] || byEffect || nearness(b) - nearness(a);
}

const segmentRanks = { ...ranks, undetermined: 3 } as const;

/**
 * Orders segments: drifting first, then moved, then stable, and last those that cannot be judged; within each group by
 * how near the PSI of the first variable is to its threshold.
 *
 * @param variables of each, ordered by `compareImportance`
 */
export function compareSegments(a: MovedSegment, b: MovedSegment): number {
  const worst = ({ variables }: MovedSegment) => (variables.length === 0 ? -1 : nearness(variables[0]));
  return segmentRanks[a.verdict] - segmentRanks[b.verdict] || worst(b) - worst(a);
}

/** The PSI as a multiple of its threshold; −1 without a PSI. */
export function nearness({ psi, psiNoiseCeiling }: Pick<Drift, 'psi' | 'psiNoiseCeiling'>): number {
  return psi === null ? -1 : psi / driftThreshold(psiNoiseCeiling);
}
