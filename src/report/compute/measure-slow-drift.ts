import { missingBin } from '../../stats/binning.ts';
import { createSlowDrift } from '../../stats/slow-drift.ts';
import { dayMs } from '../../times/day.ts';
import type { ReferenceVariable } from './drift-reference.ts';
import type { ReportVariable } from './drift-report.ts';
import type { Timeline } from './timeline.ts';

/** The value bins of one variable on the days that hold rows, in order; `null` for categories, which have no ranks. */
export function createVariableBets({ bins, counts: reference }: Pick<ReferenceVariable, 'bins' | 'counts'>) {
  if (bins.kind === 'categorical') return null;
  const values = missingBin(bins);
  const detector = createSlowDrift(reference.slice(0, values));
  return (
    detector && {
      ...detector,
      /** @param counts of cells, those of the variable's bins from `offset` on */
      settle(counts: Float64Array | Uint32Array, offset: number, dayStartMs: number): void {
        detector.addDay(counts.subarray(offset, offset + values), Math.floor(dayStartMs / dayMs));
      },
    }
  );
}

/**
 * What all days together show of slow drift in one variable.
 *
 * @param days counts by calendar day (UTC), of which this variable's begin at `offset`
 * @returns `null` for a category, and without days
 */
export function measureSlowDrift(
  variable: ReferenceVariable,
  days: ReturnType<Timeline['steps']>,
  offset: number,
): ReportVariable['slowDrift'] {
  const bets = days.length > 0 ? createVariableBets(variable) : null;
  if (bets === null) return null;
  for (const { fromMs, counts } of days) bets.settle(counts, offset, fromMs);
  const found = bets.found();
  return {
    evidence: bets.evidence(),
    direction: found?.direction ?? null,
    since: found && new Date(found.since * dayMs).toISOString(),
  };
}
