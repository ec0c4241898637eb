const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const space = 0x20;
const newline = 0x0a;
const carriageReturn = 0x0d;
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** How the records are arranged in a JSON text. */
export type JsonLayout = 'lines' | 'indented' | 'array';

/**
 * Detects from the beginning of a text how JSON objects are arranged in it: one per line; one after the other, each
 * over several lines (as `jq` prints them); or in one array, as pandas' `to_json(orient='records')` writes them. `null`
 * if it is not JSON.
 */
export function detectJsonLayout(begin: string): JsonLayout | null {
  if (/^\ufeff?\s*\[\s*([{[\]]|$)/.test(begin)) return 'array';
  if (/^\ufeff?\s*\{[ \t]*\r?\n/.test(begin)) return 'indented';
  return /^\ufeff?\s*\{/.test(begin) ? 'lines' : null;
}

/**
 * Turns records in an array (or in several consecutive arrays), or over several lines, into one per line, in constant
 * memory and without parsing them. The number of a line is then that of the record.
 */
export async function* toJsonLines(
  bytes: AsyncIterable<Buffer>,
  layout: Exclude<JsonLayout, 'lines'>,
): AsyncGenerator<Buffer> {
  let depth = 0;
  let isInArray = layout !== 'array';
  let inString = false;
  let isEscaped = false;

  /** The replacement for a byte outside of strings. */
  function replace(byte: number): number {
    if (byte === quote) inString = true;
    else if (byte === openBracket && !isInArray) {
      isInArray = true;
      return space;
    } else if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && depth > 0) depth--;
    else if (depth > 0) return byte === newline || byte === carriageReturn ? space : byte;
    else if (layout === 'array') {
      if (byte === comma) return newline;
      if (byte === newline) return space;
      if (byte === closeBracket) {
        isInArray = false;
        return newline;
      }
    }
    return byte;
  }

  for await (const block of bytes) {
    const lines = Buffer.from(block);
    for (let i = 0; i < lines.length; i++) {
      const byte = lines[i];
      if (!inString) lines[i] = replace(byte);
      else if (isEscaped) isEscaped = false;
      else if (byte === backslash) isEscaped = true;
      else if (byte === quote) inString = false;
    }
    yield lines;
  }
}
