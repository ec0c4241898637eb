/** V8 copies a shorter piece of a string; a longer one keeps the whole string alive. */
const minSharedLength = 13;

/** A copy of the text, so that the longer string that it may be a slice of can be freed. */
export function copyOf(text: string): string {
  return text.length < minSharedLength ? text : Buffer.from(text).toString();
}
