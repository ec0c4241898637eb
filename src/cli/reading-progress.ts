import { createProgressBar } from './progress-bar.ts';

/** Files that are going to be read, as `findFiles` finds them. */
type Files = { readonly paths: readonly string[]; readonly bytes: number };

/** Shows how much of the files has been read; nothing where standard input is among them, whose end is not known. */
export function createReadingProgress(...files: readonly Files[]) {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total === 0 || files.some(({ paths }) => paths.includes('-')))
    return { onBytes: () => {}, end: () => {} };
  const bar = createProgressBar('reading', total);
  let done = 0;
  return {
    onBytes(count: number): void {
      done += count;
      bar.update(done);
    },
    end: () => bar.end(),
  };
}
