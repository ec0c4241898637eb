/** This many significant digits reproduce every double. */
const allDigits = 17;

/** The number nearest to `value` with the fewest significant digits that is good enough; if none is, `value`. */
export function shortestDecimal(value: number, isGood: (decimal: number) => boolean): number {
  for (let digits = 1; digits < allDigits; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (isGood(decimal)) return decimal;
  }
  return value;
}
