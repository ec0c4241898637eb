import type { FileHandle } from 'node:fs/promises';

const blockBytes = 64 * 1024;
const brace = 0x7b;

/**
 * When the first line of a JSONL file was written, as its `time` says: dates of files do not survive a copy. Lines that
 * tell no time are passed over, within the first 64 KiB.
 *
 * @param file open for reading
 * @returns ms since 1970; `undefined` where no line tells
 */
export async function readFirstTime(file: FileHandle): Promise<number | undefined> {
  const block = Buffer.alloc(blockBytes);
  const { bytesRead } = await file.read(block, 0, blockBytes, 0);
  for (const line of block.toString('utf8', 0, bytesRead).split('\n')) {
    const timeMs = timeOf(line);
    if (!Number.isNaN(timeMs)) return timeMs;
  }
  return undefined;
}

function timeOf(line: string): number {
  // an exception for each of thousands of other lines would hold up others
  if (line.charCodeAt(0) !== brace) return Number.NaN;
  try {
    const { time } = JSON.parse(line) as { time?: unknown };
    return typeof time === 'string' ? Date.parse(time) : Number.NaN;
  } catch {
    return Number.NaN;
  }
}
