import type { FileHandle } from 'node:fs/promises';

const blockBytes = 64 * 1024;
/** Our lines are never longer; a longer tail without a line end belongs to some other kind of file. */
const maxTailBytes = 1024 * 1024;
const newline = 0x0a;

/**
 * Repairs the end of a JSONL file that a crash may have truncated, reading backwards and only as far as the last line
 * goes. A last line that lacks only its line end gets one; a truncated JSON object is cut off; anything else was not
 * written by us and gets a line end, so that the next line starts on its own.
 *
 * @param file open for reading and appending
 * @param size its length in bytes
 * @returns the length in bytes after the repair
 */
export async function repairTornTail(file: FileHandle, size: number): Promise<number> {
  const tail = await readTail(file, size);
  if (tail !== undefined && tail.length === 0) return size;
  if (tail !== undefined && tail[0] === 0x7b && !isJson(tail)) {
    await file.truncate(size - tail.length);
    return size - tail.length;
  }
  await file.appendFile('\n');
  return size + 1;
}

/** The bytes after the last line end; undefined if there are more than one of our lines can have. */
async function readTail(file: FileHandle, size: number): Promise<Buffer | undefined> {
  let tail = Buffer.alloc(0);
  for (let end = size; end > 0 && tail.length <= maxTailBytes; ) {
    const start = Math.max(0, end - blockBytes);
    const block = Buffer.alloc(end - start);
    const { bytesRead } = await file.read(block, 0, block.length, start);
    const lineEnd = block.lastIndexOf(newline, bytesRead - 1);
    tail = Buffer.concat([block.subarray(lineEnd + 1, bytesRead), tail]);
    if (lineEnd >= 0) return tail;
    end = start;
  }
  return tail.length <= maxTailBytes ? tail : undefined;
}

function isJson(line: Buffer): boolean {
  try {
    JSON.parse(line.toString());
    return true;
  } catch {
    return false;
  }
}
