/** JSON values, one per line. */
export const linesMediaType = 'application/x-ndjson';

/** The media types of a request with one row or several. */
export const rowsMediaTypes: readonly string[] = ['application/json', linesMediaType];

/** Other names that programs use for lines of JSON; none of them is registered. */
export const otherLinesMediaTypes: readonly string[] = [
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonl',
  'application/jsonlines',
  'application/x-jsonlines',
];

/** What a content-type header says. */
export type ContentType = {
  /** Lower case, and `linesMediaType` for each of its names; empty when there is no header. */
  readonly mediaType: string;
  /** The character set as it was sent, if it is neither UTF-8 nor a subset of it. */
  readonly foreignCharset?: string;
};

/**
 * Names of UTF-8, including those in the Encoding standard, Python, MySQL and Windows, and of ASCII, which is a subset
 * of it; lower case, letters and digits only.
 */
const utf8Charsets: ReadonlySet<string> = new Set([
  '',
  ...['utf8', 'utf8sig', 'utf8mb4', 'unicode11utf8', 'unicode20utf8', 'xunicode20utf8', 'cp65001'],
  ...['usascii', 'ascii', 'ansix341968'],
]);

/** One parameter: its name, and its value unless it has none. A value in quotes may contain semicolons. */
const parameter = /;([^;="]*)(?:=\s*("(?:[^"\\]|\\.)*"|[^;]*))?/g;

/**
 * Reads a content-type header leniently: an empty parameter is allowed by the grammar (RFC 9110, section 5.6.6), and
 * parameters that a media type does not define have no effect (for JSON RFC 8259, section 11).
 */
export function readContentType(header: string): ContentType {
  // the spelling of nearly all clients
  if (header === 'application/json') return { mediaType: header };
  const sent = header.split(';', 1)[0].trim().toLowerCase();
  const mediaType = otherLinesMediaTypes.includes(sent) ? linesMediaType : sent;
  for (const [, name, value = ''] of header.matchAll(parameter)) {
    if (name.trim().toLowerCase() !== 'charset') continue;
    const charset = value.replaceAll(/["']/g, '').trim();
    if (!utf8Charsets.has(charset.toLowerCase().replaceAll(/[^a-z\d]/g, ''))) {
      return { mediaType, foreignCharset: charset };
    }
  }
  return { mediaType };
}
