import { shortestDecimal } from './shortest-decimal.ts';

/** The bin of a zero, which has no digits to lose, ends here or closer. */
const zeroWidth = 1e-9;

/** From this magnitude on, single precision cannot represent every whole number. */
const firstInexact = 2 ** 24;

/** The width of the bin on either side of the value: two units of its seventh digit, but no other whole number. */
function halfWidth(value: number): number {
  const width = Math.max(Number(`2e${exponentOf(value) - 6}`), Number.MIN_VALUE);
  return Number.isInteger(value) && Math.abs(value) < firstInexact ? Math.min(width, 0.5) : width;
}

/**
 * The edges of the bin for one frequent value: just far enough apart that every spelling of it (single precision, seven
 * digits) falls between them: 99.9998 and 100.0002 for 100. They are short decimals.
 *
 * @param reach for zero, how far away the nearest other value is
 */
export function atomEdges(value: number, reach = Number.POSITIVE_INFINITY): [lower: number, upper: number] {
  if (value === 0) {
    const width = Number(`1e${Math.min(exponentOf(zeroWidth), exponentOf(reach) - 3)}`);
    return [-width, width];
  }
  return edgesAbout(shortestSpelling(value, Math.min(halfWidth(value) / 20, 0.1)));
}

function edgesAbout(centre: number): [lower: number, upper: number] {
  const width = halfWidth(centre);
  return [clean(centre - width), clean(centre + width)];
}

/** 0.1 for 0.10000000149011612, which is how single precision spells it. */
function shortestSpelling(value: number, tolerance: number): number {
  if (Number.isSafeInteger(value)) return value;
  if (Math.fround(value) === value) {
    return shortestDecimal(value, (decimal) => Math.fround(decimal) === value);
  }
  return shortestDecimal(value, (decimal) => Math.abs(decimal - value) <= tolerance);
}

/** The frequent value that a bin was made for, recognised by its edges alone; `null` for any other bin. */
export function atomBetween(lower: number, upper: number): number | null {
  if (lower === -upper) return atomEdges(0, upper * 1000)[1] === upper ? 0 : null;
  // the value is in the middle, so one edge tells
  const value = clean(lower / 2 + upper / 2);
  return edgesAbout(value)[0] === lower ? value : null;
}

function exponentOf(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return 308;
  return Number(value.toExponential().split('e')[1]);
}

/** Rounded to remove floating-point noise, and kept finite. */
function clean(value: number): number {
  const decimal = Number(value.toPrecision(15));
  return Number.isFinite(decimal) ? decimal : Math.sign(value) * Number.MAX_VALUE;
}
