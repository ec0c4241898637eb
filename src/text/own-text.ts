/** V8 copies a shorter piece of a string; a longer one keeps the whole string alive. */
const minSharedLength = 13;

/** The text alone, without the longer one that it may have been cut out of. */
export function copyOf(text: string): string {
  return text.length < minSharedLength ? text : Buffer.from(text).toString();
}
