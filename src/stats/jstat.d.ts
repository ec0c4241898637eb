/** The part of jStat used here; the package ships no types. */
declare module 'jstat' {
  const jStat: {
    /** The regularised lower incomplete gamma function P(a, x). */
    lowRegGamma(a: number, x: number): number;
    normal: {
      /** The quantile of a normal distribution at probability `p`. */
      inv(p: number, mean: number, standardDeviation: number): number;
    };
  };
  export default jStat;
}
