import { formatAmount, formatChance } from '../text/format.ts';
import { comparedFigures, falseAlarmsPerFigure, sliceZ } from './compare-slices.ts';
import { figureTitles } from './figure-titles.ts';
import type { Slice } from './slices.ts';

/** In which figures a slice does worse than the rest; `null` when in none. */
export function describeSlice({ below, intervals, ...slice }: Slice): string | null {
  if (below.length === 0) return null;
  const parts = below.map(({ figure, rest, standardErrors }) => {
    const interval = intervals[figure];
    const range = interval === null ? '' : ` (${interval.low.toFixed(3)} – ${interval.high.toFixed(3)})`;
    return `${figureTitles[figure]} ${slice[figure]?.toFixed(3)}${range} against ${rest.toFixed(3)}, ${standardErrors.toFixed(1)} standard errors`;
  });
  return `Below the rest: ${parts.join('; ')}.`;
}

/** How many slices were compared, how, and what that means for chance. */
export function describeSlices(slices: readonly Slice[]): string {
  const comparisons = slices.length * comparedFigures.length;
  const chance = formatChance(comparisons * falseAlarmsPerFigure, 'evaluation');
  const unclear = slices.filter(({ verdict }) => verdict === 'undetermined').length;
  const few =
    unclear === 0
      ? ''
      : ` ${formatAmount(unclear, 'slice')} marked ? ${unclear === 1 ? 'has' : 'have'} too few rows to tell.`;
  const worse = slices.filter(({ verdict }) => verdict === 'below').length;
  const found = worse === 0 ? 'None is' : worse === 1 ? '1 is' : `${worse} are`;
  return `${formatAmount(slices.length, 'slice')}, each compared with all other values of its feature in ${comparedFigures.length} figures. ${found} below the rest by more than ${sliceZ} standard errors; chance alone puts one there ${chance}.${few}`;
}

/** A sign for what a slice is, beside its name. */
export const sliceSigns = { below: '▼', level: ' ', undetermined: '?' } as const;
