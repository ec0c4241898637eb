import type { Confusion } from '../stats/confusion.ts';
import { rocAucStandardError, shareStandardError } from '../stats/standard-errors.ts';
import type { Figures } from './measure.ts';

/** A slice is below the rest when a figure is lower by more than so many standard errors. */
export const sliceZ = 4;
/** How often chance alone puts one figure so far below: the normal law, one-sided. */
export const falseAlarmsPerFigure = 3.2e-5;
/** With fewer expected hits or misses in a share, or rows of a class in an AUC, the normal law does not hold. */
const minExpected = 5;
const minOfClass = 10;
/** Accuracy that could be this much lower without being found leaves a slice undecided. */
const maxHidden = 0.2;

/** The figures that slices are compared by. */
export const comparedFigures = ['accuracy', 'precision', 'recall', 'rocAuc'] as const;
export type ComparedFigure = (typeof comparedFigures)[number];

/** How a slice compares with the rows of the other slices. */
export type SliceComparison = {
  /** `below` by more than 4 standard errors in a figure; `undetermined` where too few rows could tell. */
  readonly verdict: 'level' | 'below' | 'undetermined';
  readonly below: readonly {
    readonly figure: ComparedFigure;
    /** The figure of the other slices. */
    readonly rest: number;
    readonly standardErrors: number;
  }[];
};

type Measured = Pick<Figures, ComparedFigure> & { readonly confusion: Confusion };

/** Compares a slice with the rest of the rows. Figures that are `null` on either side are not compared. */
export function compareSlice(slice: Measured, rest: Measured): SliceComparison {
  const distances = comparedFigures.flatMap((figure) => {
    const error = differenceError(figure, slice, rest);
    const [value, other] = [slice[figure], rest[figure]];
    if (value === null || other === null || error === null) return [];
    return [{ figure, rest: other, error, standardErrors: (other - value) / error }];
  });
  const below = distances
    .filter(({ standardErrors }) => standardErrors > sliceZ)
    .map(({ figure, rest: other, standardErrors }) => ({ figure, rest: other, standardErrors }));
  if (below.length > 0) return { verdict: 'below', below };
  const found = distances.find(({ figure }) => figure === 'accuracy') ?? distances[0];
  const isClear = found !== undefined && sliceZ * found.error < maxHidden;
  return { verdict: isClear ? 'level' : 'undetermined', below };
}

/** The standard error of the difference between two sides, as if they were alike; `null` with too few rows. */
function differenceError(figure: ComparedFigure, one: Measured, other: Measured): number | null {
  if (figure === 'rocAuc') return areaError(one, other);
  const [part, rest] = [countsOf(figure, one.confusion), countsOf(figure, other.confusion)];
  const all = part.rows + rest.rows;
  const share = (part.hits + rest.hits) / all;
  // by the common share, which a slice without a single error does not make certain
  if (!(Math.min(share, 1 - share) * Math.min(part.rows, rest.rows) >= minExpected)) return null;
  return Math.hypot(shareStandardError(share, part.rows), shareStandardError(share, rest.rows));
}

function areaError(one: Measured, other: Measured): number | null {
  const [part, rest] = [classCounts(one.confusion), classCounts(other.confusion)];
  if (one.rocAuc === null || other.rocAuc === null || Math.min(...part, ...rest) < minOfClass) return null;
  // by the area of the rest on both sides: a small slice's own may be 0 or 1, which has no error
  return Math.hypot(rocAucStandardError(other.rocAuc, ...part), rocAucStandardError(other.rocAuc, ...rest));
}

function classCounts({ truePositives, falsePositives, trueNegatives, falseNegatives }: Confusion) {
  return [truePositives + falseNegatives, trueNegatives + falsePositives] as const;
}

/** What a share is of, and how many of these count. */
function countsOf(figure: 'accuracy' | 'precision' | 'recall', counts: Confusion) {
  const { truePositives: hits, falsePositives, trueNegatives, falseNegatives } = counts;
  if (figure === 'precision') return { hits, rows: hits + falsePositives };
  if (figure === 'recall') return { hits, rows: hits + falseNegatives };
  return { hits: hits + trueNegatives, rows: hits + trueNegatives + falsePositives + falseNegatives };
}
