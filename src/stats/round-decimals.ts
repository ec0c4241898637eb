/**
 * Rounds a number to so many decimals, as model files hold them: more are noise of the arithmetic and make versions differ
 * between machines. Never −0.
 */
export function roundDecimals(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale + 0;
}
