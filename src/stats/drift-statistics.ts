import { binnedKolmogorovSmirnov } from './binned-kolmogorov-smirnov.ts';
import { jensenShannonDistance } from './jensen-shannon.ts';
import { psi } from './psi.ts';
import type { Smoothing } from './smoothing.ts';

/** The counts of one variable on both sides. */
export type ComparedCounts = {
  /** Counts of the bins that are compared (see `comparedCounts`); neither side is empty. */
  readonly reference: ArrayLike<number>;
  readonly live: ArrayLike<number>;
  /** Of the value bins in ascending order, without `missing`; `null` for categories, and if a side has no value. */
  readonly values: { readonly reference: ArrayLike<number>; readonly live: ArrayLike<number> } | null;
  readonly smoothing: Smoothing;
};

/** How far one variable's live counts have moved from its reference, in one number. */
export type DriftStatistic = {
  readonly title: string;
  /** As docs/drift.md prints it, with p the live and q the reference shares. */
  readonly formula: string;
  readonly range: string;
  /** For readers of a report. */
  readonly meaning: string;
  /** The gauge that exports it for each window of a replica, if there is one. */
  readonly metric?: { readonly name: string; readonly description: string };
  /** @returns `null` if it does not apply to the variable */
  measure(counts: ComparedCounts): number | null;
};

/**
 * The statistics of drift. The figures of the service, the report with its schema, the page, the exported metrics and
 * docs/drift.md are all derived from this table; the verdict is that of `driftRule`, on the PSI.
 */
export const driftStatistics = {
  psi: {
    title: 'PSI',
    formula: 'population stability index, Σ (pᵢ − qᵢ) · ln(pᵢ/qᵢ)',
    range: '0 and up',
    meaning: 'How far the shares of the bins have moved: 0 is no change.',
    metric: {
      name: 'model.feature.drift.psi',
      description: 'Population stability index of this replica against the reference.',
    },
    measure: ({ reference, live, smoothing }) => psi(reference, live, { smoothing }),
  },
  jensenShannonDistance: {
    title: 'Jensen–Shannon distance',
    formula: '√ of the divergence in bits, of p and q',
    range: '0 to 1',
    meaning: '0 is equal, 1 nothing in common.',
    measure: ({ reference, live, smoothing }) =>
      jensenShannonDistance(reference, live, { smoothing, logBase: 2 }),
  },
  kolmogorovSmirnov: {
    title: 'Kolmogorov–Smirnov',
    formula:
      'numeric only: largest difference of the cumulative shares at an edge, without missing values, and without the added half',
    range: '0 to 1',
    meaning: 'Largest distance between the two cumulative distributions, at the edges of the bins.',
    measure: ({ values }) => values && binnedKolmogorovSmirnov(values.reference, values.live),
  },
} as const satisfies Readonly<Record<string, DriftStatistic>>;

/** The name of a statistic of drift. */
export type DriftStatisticName = keyof typeof driftStatistics;

/** One value of each statistic. */
export type DriftStatisticValues = { readonly [Name in DriftStatisticName]: number | null };

const entries = Object.entries<DriftStatistic>(driftStatistics);

/** Makes an object with one entry per statistic. */
export function ofEachStatistic<Value>(
  make: (statistic: DriftStatistic, name: string) => Value,
): Record<DriftStatisticName, Value> {
  const made: Record<string, Value> = {};
  for (const [name, statistic] of entries) made[name] = make(statistic, name);
  return made as Record<DriftStatisticName, Value>;
}
