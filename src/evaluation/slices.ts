import type { Bin } from '../stats/binning.ts';
import type { Confusion } from '../stats/confusion.ts';
import { type OutcomeRates, outcomeRates } from '../stats/outcome-rates.ts';
import { bootstrapFigures, type Intervals } from './bootstrap-figures.ts';
import { compareSlice, type SliceComparison } from './compare-slices.ts';
import type { LabelledRows } from './labelled-rows.ts';
import { type Figures, measureRows } from './measure.ts';

/** The figures of the rows that share a value of one feature, and how they compare with those of all other values. */
export type Slice = Figures &
  SliceComparison & {
    readonly feature: string;
    readonly bin: Bin;
    /** Whether all values of the feature are whole numbers, so far as is known. */
    readonly wholeNumbers: boolean;
    readonly samples: number;
    readonly positives: number;
    readonly confusion: Confusion;
    /** As the service gives them by bin of protected features. */
    readonly rates: OutcomeRates;
    /** 95 % bootstrap intervals, of the slice's own rows. */
    readonly intervals: Intervals;
  };

/**
 * One slice a bin, in the order of their labels; rows without one are left out.
 *
 * @param options `withheld`: figures that the rows cannot tell, as `null`; `bandEdges`: of the bands of the score over
 *   which the calibration error is taken
 */
export function sliceBy(
  feature: string,
  binOfRow: readonly (Bin | null)[],
  rows: LabelledRows,
  options: { withheld: Partial<Figures>; bandEdges: readonly number[]; wholeNumbers: boolean },
): Slice[] {
  const { withheld, bandEdges, wholeNumbers } = options;
  const order = Uint32Array.from(binOfRow, (_, i) => i)
    .filter((i) => binOfRow[i] !== null)
    .sort((a, b) => rows.scores[a] - rows.scores[b]);
  const pick = (isWanted: (i: number) => boolean) => {
    const indices = order.filter(isWanted);
    const of = (values: ArrayLike<number>) => Float64Array.from(indices, (i) => values[i]);
    return { scores: of(rows.scores), predictions: of(rows.predictions), outcomes: of(rows.outcomes) };
  };
  const bins = new Set(Array.from(order, (i) => binOfRow[i] as Bin));
  const ordered = [...bins].sort((a, b) => (a.label < b.label ? -1 : 1));
  return ordered.map((bin) => {
    const own = pick((i) => binOfRow[i] === bin);
    const measured = { ...measureRows(own, bandEdges), ...withheld };
    const rest = {
      ...measureRows(
        pick((i) => binOfRow[i] !== bin),
        bandEdges,
      ),
      ...withheld,
    };
    return {
      feature,
      bin,
      wholeNumbers,
      positives: own.outcomes.reduce((sum, outcome) => sum + outcome, 0),
      ...measured,
      rates: outcomeRates(measured.confusion, !('recall' in withheld)),
      intervals: { ...bootstrapFigures(own, bandEdges), ...nothing(withheld) },
      ...compareSlice(measured, rest),
    };
  });
}

function nothing(withheld: Partial<Figures>): Partial<Record<keyof Figures, null>> {
  return Object.fromEntries(Object.keys(withheld).map((figure) => [figure, null]));
}
