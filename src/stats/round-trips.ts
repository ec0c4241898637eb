/** A number to seven significant digits, as single-precision numbers are written. */
function toDecimal(value: number): number {
  return Number(value.toPrecision(7));
}

/**
 * Every number that a value may become when it passes through single precision, seven decimal digits, or both. Whole
 * numbers are never cut to seven digits: 10000001 and 10000002 are different.
 */
function spellings(value: number): number[] {
  const single = Math.fround(value);
  const decimal = toDecimal(value);
  if (Number.isSafeInteger(value)) return [value, single];
  const all = [value, decimal, single, toDecimal(single), Math.fround(decimal)];
  // what single precision cannot hold becomes infinite or 0, which is not a spelling of the value
  return all.filter((each) => Number.isFinite(each) && (each !== 0 || value === 0));
}

/**
 * The numbers between which a value stays when it goes through single precision, is written with seven significant
 * digits, or both. With an edge outside them, the value falls into the same bin whichever spelling arrives.
 */
export function roundTripBounds(value: number): readonly [low: number, high: number] {
  const all = spellings(value);
  return [Math.min(...all), Math.max(...all)];
}

/** Whether two values can be the same number written in two ways, as 0.1 and 0.10000000149011612 are. */
export function areSameNumber(a: number, b: number): boolean {
  const others = spellings(b);
  return spellings(a).some((spelling) => others.includes(spelling));
}
