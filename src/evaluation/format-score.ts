/** A score or a share with two significant digits, and two decimals at least: `0.20`, `0.00031`. */
export function formatScore(score: number): string {
  const decimals = score > 0 && score < 0.1 ? 1 - Math.floor(Math.log10(score)) : 2;
  return score.toFixed(Math.min(decimals, 12));
}
