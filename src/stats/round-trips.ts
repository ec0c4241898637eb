/** A number to seven significant digits: so many are written of single precision. */
function toDecimal(value: number): number {
  return Number(value.toPrecision(7));
}

/**
 * Every number that a value can have become on its way through single precision, seven decimal digits, or both. Nobody
 * cuts whole numbers to seven digits: 10000001 and 10000002 are two.
 */
function spellings(value: number): number[] {
  const single = Math.fround(value);
  const decimal = toDecimal(value);
  if (Number.isSafeInteger(value)) return [value, single];
  const all = [value, decimal, single, toDecimal(single), Math.fround(decimal)];
  // what single precision cannot hold becomes infinite or 0, and no spelling of the value
  return all.filter((each) => Number.isFinite(each) && (each !== 0 || value === 0));
}

/**
 * Between which numbers a value stays when it goes through single precision, is written with seven significant digits,
 * or both. An edge outside them keeps the value in one bin in whichever spelling it arrives.
 */
export function roundTripBounds(value: number): readonly [low: number, high: number] {
  const all = spellings(value);
  return [Math.min(...all), Math.max(...all)];
}

/** Whether two values can be one number that was written in two ways, as 0.1 and 0.10000000149011612 are. */
export function areSameNumber(a: number, b: number): boolean {
  const others = spellings(b);
  return spellings(a).some((spelling) => others.includes(spelling));
}
