/**
 * Rounds a number to the given number of decimals, as in model files: further digits are arithmetic noise and would
 * make versions differ between machines. Never −0.
 */
export function roundDecimals(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale + 0;
}
