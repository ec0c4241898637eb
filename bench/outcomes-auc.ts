import { heldOutRocAuc } from '../src/monitor/performance-comparison.ts';
import { binScores } from '../src/profile/score-bins.ts';
import { equalWidthEdges, numericBinIndex } from '../src/stats/binning.ts';
import { createRandom } from '../src/stats/random.ts';
import { rocAuc } from '../src/stats/roc-auc.ts';
import { createCases, type WorldName, worlds } from './outcomes-worlds.ts';

export type AucJob = {
  readonly world: WorldName;
  /** Rows of each draw. */
  readonly rows: number;
  readonly draws: number;
  readonly seed: number;
};

/** How far the AUC over bins is from that of the scores: the mean of all draws, and the largest. */
type OverBins = { readonly value: number; readonly largestError: number; readonly bound: number };

export type BinnedAuc = Omit<AucJob, 'seed'> & {
  readonly exact: number;
  /** Over the bins that training makes. */
  readonly quantile: OverBins;
  /** Over 50 bins of equal width. */
  readonly equalWidth: OverBins;
};

/** Only the counts of the bins matter here. */
const calibration = { scores: [0, 1], probabilities: [0, 1] };

/** Measures what bins of the score cost the AUC in a world. */
export function measureBinnedAuc({ world, rows, draws, seed }: AucJob): BinnedAuc {
  const draw = createCases(worlds[world], createRandom(seed));
  const exact: number[] = [];
  const over = {
    quantile: [] as ReturnType<typeof areaOver>[],
    equalWidth: [] as ReturnType<typeof areaOver>[],
  };
  for (let i = 0; i < draws; i++) {
    const cases = Array.from({ length: rows }, draw);
    const scores = Float64Array.from(cases, ({ score }) => score);
    const outcomes = Uint8Array.from(cases, ({ isPositive }) => (isPositive ? 1 : 0));
    exact.push(rocAuc(scores, outcomes) ?? Number.NaN);
    over.quantile.push(areaOver(binScores(scores, outcomes, calibration)));
    over.equalWidth.push(areaOver(binByWidth(scores, outcomes)));
  }
  const summarise = (areas: readonly ReturnType<typeof areaOver>[]): OverBins => ({
    value: mean(areas.map(({ value }) => value)),
    largestError: Math.max(...areas.map(({ value }, i) => Math.abs(value - exact[i]))),
    bound: mean(areas.map(({ maxError }) => maxError)),
  });
  return {
    world,
    rows,
    draws,
    exact: mean(exact),
    quantile: summarise(over.quantile),
    equalWidth: summarise(over.equalWidth),
  };
}

function binByWidth(scores: Float64Array, outcomes: Uint8Array) {
  const edges = equalWidthEdges(0, 1, 50);
  const bins = { counts: new Array<number>(50).fill(0), positives: new Array<number>(50).fill(0) };
  scores.forEach((score, i) => {
    const bin = numericBinIndex(edges, score);
    bins.counts[bin]++;
    bins.positives[bin] += outcomes[i];
  });
  return bins;
}

function areaOver(bins: { readonly counts: number[]; readonly positives: number[] }) {
  const area = heldOutRocAuc(bins);
  if (area === null) throw new Error('a draw without one of the classes');
  return area;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
