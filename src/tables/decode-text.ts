import { isAscii, isUtf8 } from 'node:buffer';

/** A longer line does not belong to a table: the input is rejected instead of being held in memory. */
const maxLineBytes = 16 * 1024 * 1024;

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Bytes up to and including the last line end; a final CR may be half a CRLF and does not count. */
function lastLineEnd(bytes: Buffer): number {
  const cut = bytes.lastIndexOf(newline);
  return cut >= 0 ? cut + 1 : bytes.lastIndexOf(carriageReturn, -2) + 1;
}

function toBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/**
 * Regroups a byte stream so that each piece but the last ends at a line end.
 *
 * @throws Error naming the source for a line of more than 16 MiB
 */
export async function* wholeLines(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Buffer> {
  let carry: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : toBuffer(chunk);
    const cut = lastLineEnd(bytes);
    carry = bytes.subarray(cut);
    if (carry.length > maxLineBytes) {
      throw new Error(`${name}: no line end within ${maxLineBytes / 1024 / 1024} MiB: not a text table`);
    }
    if (cut > 0) yield bytes.subarray(0, cut);
  }
  if (carry.length > 0) yield carry;
}

async function* decodeUtf16(source: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let carry = '';
  for await (const chunk of source) {
    const text = carry + decoder.decode(chunk, { stream: true });
    const cut = text.lastIndexOf('\n') + 1;
    carry = text.slice(cut);
    if (cut > 0) yield text.slice(0, cut);
  }
  if (carry !== '') yield carry;
}

function firstBrokenLine(bytes: Buffer): number {
  let line = 0;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(newline, start);
    if (!isUtf8(bytes.subarray(start, end < 0 ? bytes.length : end))) break;
    start = end < 0 ? bytes.length : end + 1;
  }
  return line;
}

/** The first line that is not ASCII; the bytes contain one. */
function firstForeignLine(bytes: Buffer): Buffer {
  const foreign = bytes.findIndex((byte) => byte >= 0x80);
  const end = bytes.indexOf(newline, foreign);
  return bytes.subarray(bytes.lastIndexOf(newline, foreign) + 1, end < 0 ? bytes.length : end);
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
  return lines;
}

/** ASCII until proven otherwise; the first line with other bytes decides between UTF-8 and windows-1252. */
async function* decodeBytes(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  const windows1252 = new TextDecoder('windows-1252');
  let utf8: boolean | undefined;
  let line = 1;
  for await (const piece of wholeLines(source, name)) {
    if (piece.includes(0)) throw new Error(`${name}: contains zero bytes: not a text table`);
    if (isAscii(piece)) {
      yield piece.toString('latin1');
    } else {
      utf8 ??= isUtf8(firstForeignLine(piece));
      if (utf8 && !isUtf8(piece)) {
        const at = line + firstBrokenLine(piece);
        throw new Error(
          `${name}:${at}: not UTF-8, although earlier lines are: save the file in a single encoding`,
        );
      }
      yield utf8 ? piece.toString('utf8') : windows1252.decode(piece);
    }
    line += countLines(piece);
  }
}

async function* prepend(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  try {
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/**
 * Decodes a stream of text in pieces that end at line ends (except the last).
 *
 * UTF-8 and UTF-16 are recognised by their byte order mark, which is dropped. Without one, the text is UTF-8 if its
 * first non-ASCII bytes are valid UTF-8, otherwise windows-1252 (a superset of Latin-1).
 *
 * @param name what to call the source in errors
 * @throws Error for gzip data, zero bytes, a line of more than 16 MiB, or UTF-8 that later becomes invalid
 */
export async function* decodeText(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  const chunks = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 3) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const mark = head.subarray(0, 3).toString('hex');
  if (mark.startsWith('1f8b')) throw new Error(`${name}: is compressed with gzip: decompress it first`);
  if (mark.startsWith('fffe')) yield* decodeUtf16(prepend(head, chunks), 'utf-16le');
  else if (mark.startsWith('feff')) yield* decodeUtf16(prepend(head, chunks), 'utf-16be');
  else yield* decodeBytes(prepend(mark === 'efbbbf' ? head.subarray(3) : head, chunks), name);
}
