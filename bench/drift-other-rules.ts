import { binnedKolmogorovSmirnov } from '../src/stats/binned-kolmogorov-smirnov.ts';
import { binCount, countBins, createBinner } from '../src/stats/binning.ts';
import { measureDrift } from '../src/stats/drift.ts';
import { kolmogorovSmirnovExactP } from '../src/stats/kolmogorov-smirnov.ts';
import { createRandom } from '../src/stats/random.ts';
import { ages, type Value } from './drift-populations.ts';
import { referenceOf } from './drift-windows.ts';
import { addRandomCounts } from './random-counts.ts';

/** The verdict, and rules that are often used for drift elsewhere. */
export const rules = ['verdict', 'psi > 0.1', 'psi > 0.2', 'ks'] as const;
export type Rule = (typeof rules)[number];

/** What one rule finds in windows of one size. */
export type Alarms = {
  readonly rule: Rule;
  readonly samples: number;
  /** Of each reference. */
  readonly windowsEach: number;
  windows: number;
  /** Without a change. */
  false: number;
  /** Of the windows of any one reference; summed up as their maximum. */
  mostFalse: number;
  /** With a shift by half a deviation. */
  found: number;
};

export type RulesJob = { readonly references: number; readonly windowsEach: number; readonly seed: number };

export const rulesReferenceSamples = 1000;
export const rulesWindowSizes = [50, 200, 1000, 5000];

const before = ages();
const after = ages(0.5);
/** A bin for each value, so that Kolmogorov–Smirnov over the bins is that of the values. */
const valueBins = { kind: 'numeric', edges: before.values.slice(0, -1).map(Number) } as const;
const valueCount = before.values.length;

/** Judges the same windows of ages by several rules. */
export function compareRules({ references, windowsEach, seed }: RulesJob): Alarms[] {
  const random = createRandom(seed);
  const alarms = rules.flatMap((rule) =>
    rulesWindowSizes.map(
      (samples): Alarms => ({ rule, samples, windowsEach, windows: 0, false: 0, mostFalse: 0, found: 0 }),
    ),
  );
  const live = new Float64Array(valueCount);
  for (let r = 0; r < references; r++) {
    const judge = createJudge(Array.from({ length: rulesReferenceSamples }, () => before.draw(random)));
    const falseBefore = alarms.map((each) => each.false);
    for (const samples of rulesWindowSizes) {
      const cells = alarms.filter((each) => each.samples === samples);
      for (let w = 0; w < windowsEach; w++) {
        live.fill(0);
        addRandomCounts(live, samples, before.probabilities, random);
        const isFalse = judge(live, samples);
        live.fill(0);
        addRandomCounts(live, samples, after.probabilities, random);
        const isFound = judge(live, samples);
        for (const cell of cells) {
          cell.windows++;
          if (isFalse[cell.rule]) cell.false++;
          if (isFound[cell.rule]) cell.found++;
        }
      }
    }
    alarms.forEach((each, i) => {
      each.mostFalse = Math.max(each.mostFalse, each.false - falseBefore[i]);
    });
  }
  return alarms;
}

/** Adds up the parts of the comparison. */
export function mergeAlarms(parts: readonly (readonly Alarms[])[]): Alarms[] {
  return parts[0].map((first, i) => {
    const same = parts.map((alarms) => alarms[i]);
    const sum = (of: (alarms: Alarms) => number) => same.reduce((total, alarms) => total + of(alarms), 0);
    return {
      ...first,
      windows: sum((each) => each.windows),
      false: sum((each) => each.false),
      mostFalse: Math.max(...same.map((each) => each.mostFalse)),
      found: sum((each) => each.found),
    };
  });
}

/** Makes a function that judges windows, given as counts of the values. */
export function createJudge(rows: readonly Value[]) {
  const { bins, counts } = referenceOf(rows);
  const binOf = createBinner(bins);
  const binOfValue = before.values.map(binOf);
  const reference = countBins(valueBins, rows).slice(0, valueCount);
  const binned = new Float64Array(binCount(bins));
  return (live: Float64Array, samples: number): Record<Rule, boolean> => {
    binned.fill(0);
    for (let i = 0; i < valueCount; i++) binned[binOfValue[i]] += live[i];
    const { psi, verdict } = measureDrift(bins, counts, binned);
    const statistic = binnedKolmogorovSmirnov(reference, live);
    return {
      verdict: verdict === 'drifting',
      'psi > 0.1': psi !== null && psi > 0.1,
      'psi > 0.2': psi !== null && psi > 0.2,
      ks: statistic >= criticalStatistic(samples, rows.length),
    };
  };
}

const criticalStatistics = new Map<string, number>();

/** The smallest Kolmogorov–Smirnov statistic with an exact p < 0.05. */
function criticalStatistic(n: number, m: number): number {
  const key = `${n} ${m}`;
  const known = criticalStatistics.get(key);
  if (known !== undefined) return known;
  let low = 0;
  let high = n * m;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (kolmogorovSmirnovExactP(middle / (n * m), n, m) < 0.05) high = middle;
    else low = middle;
  }
  // Half a step lower, so that rounding in the compared statistic does not matter.
  const critical = (high - 0.5) / (n * m);
  criticalStatistics.set(key, critical);
  return critical;
}
