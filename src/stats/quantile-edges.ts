import { atomEdges } from './atom.ts';
import { areSameNumber, roundTripBounds } from './round-trips.ts';
import { shortestDecimal } from './shortest-decimal.ts';
import { maxMagnitude } from './summable.ts';

/** Finite numbers in ascending order, accessed by rank, from 0 for the smallest. */
export type RankedNumbers = {
  readonly length: number;
  valueAt(rank: number): number;
  /** How many are less than `value`. */
  countBelow(value: number): number;
  /** How many are at most `value`. */
  countUpTo(value: number): number;
};

/** A value that makes up more than one in this many gets a bin of its own. */
const atomShare = 10;
/** If there are such values, no other bin is made of fewer rows than this: chance alone would move it too often. */
const minRows = 5;
/** One number has at most this many spellings; more values that close together are a scale of their own. */
const maxSpellings = 4;
/** The number of neighbours examined when searching for a gap, or for other spellings. */
const maxSteps = 200;

/**
 * Edges that separate frequent values, and put about the same number of the remaining values into each bin.
 *
 * A value that makes up more than a tenth of the values, in any spelling (see `areSameNumber`), gets a bin of its own
 * (see `atomEdges`). What lies below and above it always falls into other bins, which are empty if `values` hold
 * nothing there. A single value throughout makes three bins. The other values are cut at their own quantiles (inverse
 * of the empirical distribution function, Hyndman & Fan's type 1): into `count` bins, or next to frequent values into
 * fewer if there are fewer than five values per bin. Equal cuts are merged, and none is made at the maximum.
 *
 * No edge is one of `values`. It is the shortest decimal near the middle between two of them, in a gap that survives
 * rounding to single precision and to seven significant digits: the nearest such gap, or any gap where values lie too
 * densely. Values that are not finite are ignored, as they count as missing. O(n log n).
 *
 * @param values in any order; no values give no edges, that is one bin for everything
 * @param count the number of bins wanted, at least 1
 * @returns strictly ascending
 * @throws RangeError if `count` is not a positive integer
 */
export function quantileEdges(values: ArrayLike<number>, count: number): number[] {
  return cutAtQuantiles(rankSorted(Float64Array.from(values).filter(Number.isFinite).sort()), count);
}

/** Values that are already ascending and finite; not checked. */
export function rankSorted(sorted: ArrayLike<number>): RankedNumbers {
  const search = (isBeyond: (value: number) => boolean) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBeyond(sorted[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    length: sorted.length,
    valueAt: (rank) => sorted[rank],
    countBelow: (value) => search((each) => each >= value),
    countUpTo: (value) => search((each) => each > value),
  };
}

/** The edges of `quantileEdges` for numbers accessed by rank. O(count · log n) for sorted ones. */
export function cutAtQuantiles(numbers: RankedNumbers, count: number): number[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`the number of bins must be a positive integer, got ${count}`);
  }
  if (numbers.length === 0) return [];
  const atoms = findAtoms(numbers);
  const others = atoms.reduce((rest, { start, end }) => rest - (end - start), numbers.length);
  const bins = atoms.length === 0 ? count : Math.min(count, Math.floor(others / minRows));
  const edges: number[] = [];
  let start = 0;
  let passed = 0;
  for (const atom of [...atoms, null]) {
    const end = atom?.start ?? numbers.length;
    const least = { before: start > 0 ? minRows : 1, after: atom === null ? 1 : minRows };
    let last = start + least.before - 1;
    for (let i = 1; i < bins; i++) {
      const rank = Math.ceil((others * i) / bins) - passed;
      if (rank <= 0 || start + rank > end) continue;
      const cut = findGap(numbers, start + rank, { start, end, reach: others / bins });
      if (cut <= last || cut > end - least.after) continue;
      edges.push(edgeBetween(numbers.valueAt(cut - 1), numbers.valueAt(cut)));
      last = cut;
    }
    passed += end - start;
    if (atom === null) break;
    edges.push(...edgesAround(numbers, atom, edges.at(-1) ?? Number.NEGATIVE_INFINITY));
    start = atom.end;
  }
  return withinMagnitude(edges, numbers);
}

/** One number in all its spellings: ranks `start` (inclusive) to `end` (exclusive) hold it. */
type Atom = { readonly value: number; readonly start: number; readonly end: number };

/** The values that make up more than a tenth each, in ascending order. O(log n). */
function findAtoms(numbers: RankedNumbers): Atom[] {
  const { length } = numbers;
  const step = Math.max(1, Math.floor(length / atomShare));
  const atoms: Atom[] = [];
  // any run of this many ranks includes one of those examined
  for (let rank = step - 1; rank < length; rank += step) {
    const before = atoms.at(-1)?.end ?? 0;
    if (rank < before) continue;
    const atom = atomAt(numbers, numbers.valueAt(rank));
    const size = atom.end - atom.start;
    if (size * atomShare > length && (size > 1 || length === 1) && atom.start >= before) atoms.push(atom);
  }
  return atoms;
}

/** Everything that is the same number as `value`, or `value` alone if many different values are that close to it. */
function atomAt(numbers: RankedNumbers, value: number): Atom {
  const alone = { value, start: numbers.countBelow(value), end: numbers.countUpTo(value) };
  if (value === 0) return withNoise(numbers, alone);
  const spelt = new Set([value.toPrecision(12)]);
  let { start, end } = alone;
  for (let steps = 0; steps < maxSteps && start > 0; steps++) {
    const lower = numbers.valueAt(start - 1);
    if (!areSameNumber(lower, value)) break;
    spelt.add(lower.toPrecision(12));
    start = numbers.countBelow(lower);
  }
  for (let steps = 0; steps < maxSteps && end < numbers.length; steps++) {
    const upper = numbers.valueAt(end);
    if (!areSameNumber(upper, value)) break;
    spelt.add(upper.toPrecision(12));
    end = numbers.countUpTo(upper);
  }
  return spelt.size > maxSpellings ? alone : { value, start, end };
}

/** Zero, with the tiny numbers that rounding leaves of computed zeros, such as 0.1 + 0.2 − 0.3. */
function withNoise(numbers: RankedNumbers, zero: Atom): Atom {
  const largest = Math.max(Math.abs(numbers.valueAt(0)), Math.abs(numbers.valueAt(numbers.length - 1)));
  const noise = Math.min(1e-9, 1e-13 * largest);
  const all = { value: 0, start: numbers.countBelow(-noise), end: numbers.countUpTo(noise) };
  return 3 * (zero.end - zero.start) > 2 * (all.end - all.start) ? all : zero;
}

/**
 * The edges on both sides of a frequent value, moved closer if other values are very near.
 *
 * @param last the edge before them
 */
function edgesAround(numbers: RankedNumbers, { value, start, end }: Atom, last: number): number[] {
  const [low, high] = [numbers.valueAt(start), numbers.valueAt(end - 1)];
  const before = start > 0 ? numbers.valueAt(start - 1) : Number.NEGATIVE_INFINITY;
  const after = end < numbers.length ? numbers.valueAt(end) : Number.POSITIVE_INFINITY;
  let [lower, upper] = atomEdges(value, Math.min(-before, after));
  if (lower >= low || (start > 0 && roundTripBounds(before)[1] > lower)) {
    lower = start > 0 ? edgeBetween(before, low) : atomEdges(low)[0];
  }
  if (upper < high || (end < numbers.length && roundTripBounds(after)[0] <= upper)) {
    upper = end < numbers.length ? edgeBetween(high, after) : atomEdges(high)[1];
  }
  // if two frequent values are adjacent, the first may already have set the only edge that fits
  return lower > last ? [lower, upper] : [upper];
}

/**
 * How many values lie below the best cut near `wanted`: after every spelling of the number at that rank, or otherwise
 * in the nearest gap that no round trip closes.
 *
 * @param reach how far from `wanted` to search for a gap, in values
 */
function findGap(
  numbers: RankedNumbers,
  wanted: number,
  { start, end, reach }: { readonly start: number; readonly end: number; readonly reach: number },
): number {
  const number = atomAt(numbers, numbers.valueAt(wanted - 1));
  const first = Math.min(end, number.end);
  let up = first;
  let down = Math.max(start, number.start);
  if (first === end || isWide(numbers, first)) return first;
  for (let steps = 0; steps < maxSteps; steps++) {
    const isUpNearer = up < end && (down === start || up - wanted <= wanted - down);
    const nearer = isUpNearer ? up : down;
    if (nearer === start || Math.abs(nearer - wanted) > reach) break;
    if (isWide(numbers, nearer)) return nearer;
    if (isUpNearer) up = Math.min(end, numbers.countUpTo(numbers.valueAt(up)));
    else down = Math.max(start, numbers.countBelow(numbers.valueAt(down - 1)));
  }
  return first;
}

function isWide(numbers: RankedNumbers, cut: number): boolean {
  return roundTripBounds(numbers.valueAt(cut - 1))[1] < roundTripBounds(numbers.valueAt(cut))[0];
}

/** The shortest decimal near the middle between two values, at a distance that no round trip crosses if there is one. */
function edgeBetween(below: number, above: number): number {
  const bounds = [roundTripBounds(below)[1], roundTripBounds(above)[0]];
  const [low, high] = bounds[0] < bounds[1] ? bounds : [below, above];
  const middle = low / 2 + high / 2;
  const edge = shortestDecimal(middle, (decimal) => Math.abs(decimal - middle) <= high / 4 - low / 4);
  return edge >= low && edge < high ? edge : low;
}

/**
 * Moves edges beyond ±`maxMagnitude`, which an artifact must not hold, to that bound, unless values lie beyond it, too.
 */
function withinMagnitude(edges: readonly number[], numbers: RankedNumbers): number[] {
  const [least, greatest] = [numbers.valueAt(0), numbers.valueAt(numbers.length - 1)];
  if (Math.max(-least, greatest) > maxMagnitude) return [...edges];
  return edges
    .filter((edge) => edge >= -maxMagnitude || least > -maxMagnitude)
    .map((edge) => Math.min(Math.max(edge, -maxMagnitude), maxMagnitude));
}
