/** Tells what was seen, below the title of the test. */
export function show(text: string): void {
  console.log(`      ${text}`);
}
