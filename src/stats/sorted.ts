/**
 * A sorted copy of `values`, ascending.
 *
 * @param name what the values are, for the message
 * @throws RangeError if there are none, or one is not finite
 */
export function sortedCopy(values: ArrayLike<number>, name: string): Float64Array {
  if (values.length === 0) throw new RangeError(`${name} holds no values`);
  const sorted = Float64Array.from(values).sort();
  // The sort puts −∞ first, and +∞ and NaN last.
  if (!(sorted[0] > -Infinity && sorted[sorted.length - 1] < Infinity)) {
    throw new RangeError(`${name} holds a value that is not a finite number`);
  }
  return sorted;
}
