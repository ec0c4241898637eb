/**
 * Cutting each drift bin into this many equal parts makes bins fine enough to compute an AUC over, if nothing finer is
 * known.
 */
const partsPerBin = 5;

/**
 * Edges for scores from 0 to 1 that follow those of a coarser reference: each of its bins is cut into five equal parts, so
 * that bins are narrow where scores are dense.
 *
 * @param edges ascending; those outside 0 to 1 are left out
 */
export function fineScoreEdges(edges: readonly number[]): number[] {
  const ends = [0, ...edges.filter((edge) => edge > 0 && edge < 1), 1];
  const fine = ends.slice(1).flatMap((upper, i) => {
    const lower = ends[i];
    const parts = Array.from(
      { length: partsPerBin },
      (_, part) => lower + ((upper - lower) * (part + 1)) / partsPerBin,
    );
    // exactly the edge, without rounding error
    return [...parts.slice(0, -1), upper];
  });
  // what lies between two edges may round to one of them
  return fine.filter((edge, i) => edge > (i === 0 ? 0 : fine[i - 1]) && edge < 1);
}
