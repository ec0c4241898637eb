let second = Number.NaN;
let prefix = '';

/**
 * A time in ISO 8601, UTC, with milliseconds: like `new Date(ms).toISOString()`, at a tenth of its cost for times
 * within the same second.
 *
 * @param ms whole milliseconds since 1970, not before
 */
export function isoTime(ms: number): string {
  const rest = ms % 1000;
  if (ms - rest !== second) {
    second = ms - rest;
    prefix = new Date(second).toISOString().slice(0, -4);
  }
  if (rest < 10) return `${prefix}00${rest}Z`;
  return rest < 100 ? `${prefix}0${rest}Z` : `${prefix}${rest}Z`;
}
