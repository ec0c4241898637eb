import type { VariableReference } from '../src/model/reference.ts';
import { outsideReferenceCount, risenShare } from '../src/monitor/risen-share.ts';
import { buildReference } from '../src/profile/build-reference.ts';
import { binCount, missingBin, unseenBin } from '../src/stats/binning.ts';
import { measureDrift, raisesAlert } from '../src/stats/drift.ts';
import { createRandom, type Random } from '../src/stats/random.ts';
import { foldOutside, type Population, type Value } from './drift-populations.ts';
import { type World, worlds } from './drift-worlds.ts';
import { addRandomCounts } from './random-counts.ts';

/** What a look at one window can say. */
export const findings = ['drifting', 'moved', 'undetermined', 'alert', 'share alert'] as const;
export type Finding = (typeof findings)[number];

/** What was detected in windows of one size N, judged by references of one size M. */
export type Looks = {
  readonly referenceSamples: number;
  readonly samples: number;
  windows: number;
  psi: number;
  readonly found: Record<Finding, number>;
};

export type WindowsJob = {
  readonly world: string;
  /** Of each pair of sizes. */
  readonly windows: number;
  /** Of all references of one size together. */
  readonly referenceRows: number;
  readonly seed: number;
};

const usualReferenceSizes = [200, 1000, 5000];
const usualWindowSizes = [50, 200, 1000, 5000, 50_000];

/**
 * Draws fresh references from a world's population, and windows from the population of its live rows (never from the
 * reference itself, which would hide its own error), and counts what is detected in them.
 */
export function lookAtWindows({ world: key, windows, referenceRows, seed }: WindowsJob): Looks[] {
  const world = worlds[key];
  const random = createRandom(seed);
  return (world.referenceSizes ?? usualReferenceSizes).flatMap((referenceSamples) => {
    const looks = (world.windowSizes ?? usualWindowSizes).map((samples) => ({
      referenceSamples,
      samples,
      windows: 0,
      psi: 0,
      found: Object.fromEntries(findings.map((finding) => [finding, 0])) as Record<Finding, number>,
    }));
    const references = Math.ceil(Math.min(windows, referenceRows / referenceSamples));
    const windowsEach = Math.ceil(windows / references);
    for (let i = 0; i < references; i++) {
      const reference = drawReference(world.reference, referenceSamples, random);
      const judge = createJudge(reference);
      const drawWindow = createWindows(world, reference, random);
      for (const look of looks) {
        for (let w = 0; w < windowsEach; w++) judge(drawWindow(look.samples), look);
      }
    }
    return looks;
  });
}

/** Adds up the parts of one world. */
export function mergeLooks(parts: readonly (readonly Looks[])[]): Looks[] {
  return parts[0].map((first, i) => {
    const sum = (of: (looks: Looks) => number) => parts.reduce((total, looks) => total + of(looks[i]), 0);
    return {
      ...first,
      windows: sum(({ windows }) => windows),
      psi: sum(({ psi }) => psi),
      found: Object.fromEntries(
        findings.map((finding) => [finding, sum(({ found }) => found[finding])]),
      ) as Record<Finding, number>,
    };
  });
}

/** The reference of a number of rows of a population, as a model gets it. */
export function drawReference(population: Population, rows: number, random: Random): VariableReference {
  return referenceOf(Array.from({ length: rows }, () => population.draw(random)));
}

/** The reference of these rows, as a model gets it. */
export function referenceOf(rows: readonly Value[]): VariableReference {
  const scores = new Array<number>(rows.length).fill(0);
  const named = rows.map((x) => ({ x }));
  return buildReference({ model: 'bench', version: '1' }, named, scores).features[0];
}

/** Makes a function that draws windows, as counts of the reference's cells, in an array that is reused. */
function createWindows({ live, sends = 1, batches }: World, reference: VariableReference, random: Random) {
  const parts = (batches?.parts ?? [live]).map((population) => population.cells(reference));
  const cells = new Float64Array(parts[0].length);
  return (samples: number): Float64Array => {
    cells.fill(0);
    const rows = Math.round(samples / sends);
    const batchRows = batches?.rows ?? rows;
    for (let left = rows; left > 0; left -= batchRows) {
      const part = parts.length === 1 ? parts[0] : parts[Math.floor(random() * parts.length)];
      addRandomCounts(cells, Math.min(left, batchRows), part, random, sends);
    }
    return cells;
  };
}

/** Makes a function that records what the verdict and the alerts detect in a window. */
function createJudge({ bins, counts: reference }: VariableReference) {
  const size = binCount(bins);
  const missing = missingBin(bins);
  const unseen = bins.kind === 'categorical' ? unseenBin(bins) : null;
  return (cells: Float64Array, look: Looks): void => {
    const outside = foldOutside(cells, bins);
    const live = cells.subarray(0, size);
    const drift = measureDrift(bins, reference, live);
    const { samples, referenceSamples } = drift;
    const hasRisen = (count: number, referenceCount: number) =>
      risenShare({ count, samples }, { count: referenceCount, samples: referenceSamples }) !== null;

    look.windows++;
    look.psi += drift.psi ?? 0;
    if (drift.verdict !== 'stable') look.found[drift.verdict]++;
    if (raisesAlert(drift)) look.found.alert++;
    const shareAlert =
      hasRisen(live[missing], reference[missing]) ||
      (unseen !== null && hasRisen(live[unseen], reference[unseen])) ||
      hasRisen(outside, outsideReferenceCount);
    if (shareAlert) look.found['share alert']++;
  };
}
