import { binnedKolmogorovSmirnov } from '../src/stats/binned-kolmogorov-smirnov.ts';
import { type Bins, binCount, createBinner, missingBin, quantileEdges } from '../src/stats/binning.ts';
import { binomialCeiling } from '../src/stats/binomial-ceiling.ts';
import { driftCeiling, driftRule, driftThreshold } from '../src/stats/drift.ts';
import { kolmogorovSmirnovExactP } from '../src/stats/kolmogorov-smirnov.ts';
import { psi } from '../src/stats/psi.ts';
import { createRandom } from '../src/stats/random.ts';
import { createSampler } from './drift-populations.ts';
import { type Rule, type Scenario, scenarios } from './drift-scenarios.ts';

export const referenceSizes = [200, 1000, 5000];
export const windowSizes = [50, 200, 500, 1000, 5000];

/** Alarms of one rule at one reference size M and window size N. */
export type Cell = {
  readonly rule: Rule;
  readonly referenceSamples: number;
  readonly samples: number;
  references: number;
  windows: number;
  alarms: number;
  /** The most and the fewest alarms of any one reference. */
  most: number;
  fewest: number;
};

export type WindowsJob = {
  readonly scenario: string;
  readonly references: number;
  readonly windowsEach: number;
  readonly seed: number;
};

/**
 * Draws fresh references from the population, and windows from the population behind them (never from the reference
 * itself, which would hide its own noise), and counts each rule's alarms. The rows of a larger window include those
 * of the smaller ones, and the references of all sizes judge the same windows: cells are not independent of each
 * other, the windows of one cell are.
 */
export function countAlarms(job: WindowsJob): Cell[] {
  const scenario = scenarios[job.scenario];
  const { reference, live, judged } = scenario;
  const random = createRandom(job.seed);
  const drawReference = createSampler(reference.probabilities, random);
  const drawLive = createSampler(live.probabilities, random);
  const cells: Cell[] = judged.flatMap((rule) =>
    referenceSizes.flatMap((referenceSamples) =>
      windowSizes.map((samples) => ({
        rule,
        referenceSamples,
        samples,
        references: 0,
        windows: 0,
        alarms: 0,
        most: 0,
        fewest: Number.MAX_SAFE_INTEGER,
      })),
    ),
  );
  const counts = new Float64Array(live.values.length);
  for (let r = 0; r < job.references; r++) {
    const judges = referenceSizes.map((size) => {
      const drawn = new Float64Array(reference.values.length);
      drawReference(drawn, size);
      return createJudge(scenario, drawn);
    });
    const alarms = new Uint32Array(cells.length);
    for (let w = 0; w < job.windowsEach; w++) {
      counts.fill(0);
      windowSizes.forEach((samples, n) => {
        drawLive(counts, samples - (n > 0 ? windowSizes[n - 1] : 0));
        judges.forEach((judge, m) => {
          judge(counts, samples).forEach((alarmed, i) => {
            if (alarmed) alarms[(i * judges.length + m) * windowSizes.length + n]++;
          });
        });
      });
    }
    cells.forEach((cell, i) => {
      cell.references++;
      cell.windows += job.windowsEach;
      cell.alarms += alarms[i];
      cell.most = Math.max(cell.most, alarms[i]);
      cell.fewest = Math.min(cell.fewest, alarms[i]);
    });
  }
  return cells;
}

/** Adds up the cells of several jobs of one scenario. */
export function mergeCells(parts: readonly (readonly Cell[])[]): Cell[] {
  return parts[0].map((first, i) => {
    const same = parts.map((cells) => cells[i]);
    const sum = (of: (cell: Cell) => number) => same.reduce((total, cell) => total + of(cell), 0);
    return {
      ...first,
      references: sum((cell) => cell.references),
      windows: sum((cell) => cell.windows),
      alarms: sum((cell) => cell.alarms),
      most: Math.max(...same.map((cell) => cell.most)),
      fewest: Math.min(...same.map((cell) => cell.fewest)),
    };
  });
}

/**
 * Judges windows, given as counts of the population's values, against one reference drawn likewise. The answer is one
 * alarm or none for each of `judged`, in an array that is used again.
 */
export function createJudge(scenario: Scenario, drawn: Float64Array) {
  const { reference: population, judged } = scenario;
  const bins = scenarioBins(scenario, drawn);
  const binOf = createBinner(bins);
  const reference = new Float64Array(binCount(bins));
  population.values.forEach((value, i) => {
    reference[binOf(value)] += drawn[i];
  });
  const liveBins = Int32Array.from(scenario.live.values, binOf);
  const referenceSamples = drawn.reduce((sum, n) => sum + n, 0);
  const missing = missingBin(bins);
  const live = new Float64Array(reference.length);
  const smoothing = { pseudoCount: driftRule.pseudoCount };

  const isDrift = (value: number, samples: number, designEffect: number) =>
    value > driftThreshold(driftCeiling(bins.kind, reference, samples, designEffect));
  const alarms: Record<Rule, (psi: number, samples: number, counts: Float64Array) => boolean> = {
    verdict: (value, samples) => isDrift(value, samples, 1),
    alert: (value, samples) => isDrift(value, samples, driftRule.alertDesignEffect),
    'psi > 0.1': (value) => value > 0.1,
    'psi > 0.2': (value) => value > 0.2,
    // Every value is a bin of its own here, so this is the statistic of the values.
    ks: (_, samples, counts) =>
      binnedKolmogorovSmirnov(drawn, counts) >= criticalStatistic(samples, referenceSamples),
    share: (_, samples) =>
      live[missing] / samples >
      binomialCeiling(reference[missing], referenceSamples, samples, driftRule.ceilingZ),
  };
  const asked = judged.map((rule) => alarms[rule]);
  const answer = asked.map(() => false);
  return (counts: Float64Array, samples: number): readonly boolean[] => {
    live.fill(0);
    for (let i = 0; i < counts.length; i++) live[liveBins[i]] += counts[i];
    const value = psi(reference, live, { smoothing });
    for (let i = 0; i < asked.length; i++) answer[i] = asked[i](value, samples, counts);
    return answer;
  };
}

/** The variable's bins; numeric ones are cut from the reference that was drawn. */
export function scenarioBins({ variable, reference }: Scenario, drawn: Float64Array): Bins {
  if (variable.kind === 'categorical') return variable;
  const rows = reference.values.flatMap((value, i) => Array<number>(drawn[i]).fill(Number(value)));
  return { kind: 'numeric', edges: quantileEdges(rows, 10) };
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
