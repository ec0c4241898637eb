import type { FileHandle } from 'node:fs/promises';

const blockBytes = 64 * 1024;
/**
 * The maximum number of lines without a time, some 5 µs each if damaged. Our lines have over 65 bytes, so more do not
 * fit.
 */
const maxLines = 1_000;

/**
 * When the first line of a JSONL file was written, according to its `time`, as file dates do not survive copying. Lines
 * without a time are skipped, at most a thousand of them and 64 KiB.
 *
 * @param file open for reading
 * @returns ms since 1970; `undefined` if no line has a time
 */
export async function readFirstTime(file: FileHandle): Promise<number | undefined> {
  const block = Buffer.alloc(blockBytes);
  const { bytesRead } = await file.read(block, 0, blockBytes, 0);
  for (const line of block.toString('utf8', 0, bytesRead).split('\n', maxLines)) {
    const timeMs = timeOf(line);
    if (!Number.isNaN(timeMs)) return timeMs;
  }
  return undefined;
}

function timeOf(line: string): number {
  try {
    const { time } = JSON.parse(line) as { time?: unknown };
    return typeof time === 'string' ? Date.parse(time) : Number.NaN;
  } catch {
    return Number.NaN;
  }
}
