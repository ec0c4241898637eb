/**
 * Rejects anything that is not a finite number: counted once, it would turn every later sum into NaN or infinity, and
 * only a restart would fix that.
 *
 * @param what named in the message, such as `the score`
 * @throws RangeError naming the value
 */
export function requireFinite(value: number, what: string): void {
  if (!Number.isFinite(value)) throw new RangeError(`${what} must be a finite number, got ${value}`);
}
