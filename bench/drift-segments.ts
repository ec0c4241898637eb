import type { VariableReference } from '../src/model/reference.ts';
import { binCount, countBins } from '../src/stats/binning.ts';
import { driftRule, measureDrift, raisesAlert } from '../src/stats/drift.ts';
import { createRandom, type Random } from '../src/stats/random.ts';
import { joinsRare } from '../src/stats/rare-categories.ts';
import { foldOutside, type Population } from './drift-populations.ts';
import { segmentWorlds } from './drift-segment-worlds.ts';
import { referenceOf } from './drift-windows.ts';
import { addRandomCounts } from './random-counts.ts';

const { segmentCeilingZ } = driftRule;

/** Segments of a feature, of which a look at fewer takes the first ones. */
export const segmentsOfLooks = [1, 5, 20] as const;
const segments = 20;
/** How often each row is sent, once to begin with. */
export const sendsOfSegments = [1, 3, 6] as const;
/** Each segment has one of these numbers of rows in the reference, and each look one in the window. */
export const segmentReferenceSizes = [100, 200, 400, 1000];
export const segmentWindowSizes = [50, 200, 700, 2000];
/** Looks by one reference. */
const looksEach = 50;

export type SegmentsJob = { readonly world: string; readonly looks: number; readonly seed: number };

/** What looks at the segments of a feature find, by how often rows are sent. */
export type SegmentAlarms = {
  looks: number;
  /** Of all comparisons, with rows sent once. */
  readonly drifting: { readonly withCeilingZ: number; readonly withSegmentCeilingZ: number };
  /** Of all comparisons, by how often each row is sent. */
  readonly alerts: readonly number[];
  /** Looks that found something in any segment, by the number of segments; alerts by how often each row is sent. */
  readonly looksWith: readonly { readonly drifting: number; readonly alerts: readonly number[] }[];
};

/**
 * Draws the rows of 20 segments of a feature as its reference, and windows of each segment from the population behind
 * its rows; counts the comparisons that find something, and the looks in which any of them does.
 */
export function lookAtSegments({ world, looks, seed }: SegmentsJob): SegmentAlarms {
  const { parts } = segmentWorlds[world];
  const random = createRandom(seed);
  const counted: SegmentAlarms[] = [];
  for (let left = looks; left > 0; left -= looksEach) {
    const judges = createSegments(parts, random);
    for (let i = 0; i < Math.min(left, looksEach); i++) counted.push(lookAt(judges));
  }
  return mergeSegmentAlarms(counted);
}

type Comparison = {
  readonly driftingWithCeilingZ: boolean;
  readonly isDrifting: boolean;
  readonly alerts: readonly boolean[];
};

function lookAt(judges: readonly (() => Comparison)[]): SegmentAlarms {
  const found = judges.map((judge) => judge());
  const count = (of: readonly boolean[]) => of.filter((is) => is).length;
  return {
    looks: 1,
    drifting: {
      withCeilingZ: count(found.map((each) => each.driftingWithCeilingZ)),
      withSegmentCeilingZ: count(found.map((each) => each.isDrifting)),
    },
    alerts: sendsOfSegments.map((_, i) => count(found.map(({ alerts }) => alerts[i]))),
    looksWith: segmentsOfLooks.map((size) => {
      const first = found.slice(0, size);
      return {
        drifting: Number(first.some((each) => each.isDrifting)),
        alerts: sendsOfSegments.map((_, i) => Number(first.some(({ alerts }) => alerts[i]))),
      };
    }),
  };
}

export function mergeSegmentAlarms(parts: readonly SegmentAlarms[]): SegmentAlarms {
  const sum = (of: (part: SegmentAlarms) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    looks: sum(({ looks }) => looks),
    drifting: {
      withCeilingZ: sum(({ drifting }) => drifting.withCeilingZ),
      withSegmentCeilingZ: sum(({ drifting }) => drifting.withSegmentCeilingZ),
    },
    alerts: sendsOfSegments.map((_, i) => sum(({ alerts }) => alerts[i])),
    looksWith: segmentsOfLooks.map((_, size) => ({
      drifting: sum(({ looksWith }) => looksWith[size].drifting),
      alerts: sendsOfSegments.map((_, i) => sum(({ looksWith }) => looksWith[size].alerts[i])),
    })),
  };
}

/** A reference of 20 segments, with its bins made of all their rows; each gives a function that looks at it. */
function createSegments(parts: readonly Population[], random: Random): (() => Comparison)[] {
  const drawn = Array.from({ length: segments }, (_, i) => {
    const population = parts[i % parts.length];
    const rows = Array.from({ length: pick(segmentReferenceSizes, random) }, () => population.draw(random));
    return { population, rows };
  });
  const whole = referenceOf(drawn.flatMap(({ rows }) => rows));
  const areRareJoined = joinsRare(whole.bins, whole.counts);
  return drawn.map(({ population, rows }) => {
    const reference = countBins(whole.bins, rows);
    const cells = population.cells(whole);
    return () => {
      const samples = pick(segmentWindowSizes, random);
      const drifts = sendsOfSegments.map((sends) => {
        const live = drawCounts(whole, Math.round(samples / sends), cells, random, sends);
        const options = { areRareJoined, ceilingZ: segmentCeilingZ };
        return { live, drift: measureDrift(whole.bins, reference, live, options) };
      });
      const [{ live, drift }] = drifts;
      // far from most windows, and so not worth judging twice
      const isNear = (drift.psi ?? 0) > driftRule.minPsi;
      return {
        driftingWithCeilingZ:
          isNear && measureDrift(whole.bins, reference, live, { areRareJoined }).verdict === 'drifting',
        isDrifting: drift.verdict === 'drifting',
        alerts: drifts.map((each) => raisesAlert(each.drift)),
      };
    };
  });
}

function pick(sizes: readonly number[], random: Random): number {
  return sizes[Math.floor(random() * sizes.length)];
}

/** Draws so many rows, each sent so often, as counts of the reference's bins. */
export function drawCounts(
  { bins }: VariableReference,
  rows: number,
  cells: Float64Array,
  random: Random,
  sends = 1,
): Float64Array {
  const counts = new Float64Array(cells.length);
  addRandomCounts(counts, rows, cells, random, sends);
  foldOutside(counts, bins);
  return counts.subarray(0, binCount(bins));
}
