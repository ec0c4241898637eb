import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { RejectionReason } from '../monitor/model-counts.ts';
import { findJsonFault } from '../text/json-fault.ts';
import type { Pause } from '../times/pauses.ts';
import { readContentType } from './content-type.ts';
import { Problem, type ProblemKey } from './problem.ts';

const byteOrderMark = 0xfeff;
const lineBreak = 0x0a;
const nothing = Buffer.alloc(0);

/** A body that cannot be read; `reason` is what it is counted under. */
export class BodyProblem extends Problem {
  readonly reason: RejectionReason;

  constructor(
    key: ProblemKey,
    reason: RejectionReason,
    detail: string,
    headers: Record<string, string> = {},
  ) {
    super(key, detail, { headers });
    this.reason = reason;
  }
}

/** The media types a body may be of, lower case, and how long it may be. */
export type AcceptedBody = {
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number;
  /**
   * The media type that is assumed if none is given; without it such a body is refused. No page of another site can
   * exploit that: browsers may omit the type, too, but always send the page's origin.
   */
  readonly untyped?: string;
};

/** The length of a body, as far as it would be read; undefined if the request does not declare it. */
export function announcedBytes({ headers }: IncomingMessage, maxBytes: number): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Math.min(Number(length), maxBytes);
}

/**
 * Reads a whole UTF-8 body, and never more than `maxBytes` of it: one that declares more is refused unread, one that
 * turns out longer as soon as that shows.
 *
 * @throws BodyProblem 415 for another media type, character set or content encoding, 413 for too much data, 400 for
 * anything but UTF-8, 499 if the client goes away
 */
export async function readBody(
  request: IncomingMessage,
  accepted: AcceptedBody,
): Promise<{ bytes: Buffer; mediaType: string }> {
  const { maxBytes } = accepted;
  const mediaType = acceptedMediaType(request, accepted);
  const encoding = (request.headers['content-encoding'] ?? '').trim();
  if (encoding !== '' && encoding.toLowerCase() !== 'identity') {
    throw new BodyProblem(
      'unsupported-media-type',
      'content_encoding',
      `send the body without content-encoding, not with ${shorten(encoding)}`,
      { 'accept-encoding': 'identity' },
    );
  }
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await readBytes(request, maxBytes);
  if (!isUtf8(bytes)) throw new BodyProblem('malformed-json', 'malformed_json', describeBytes(bytes));
  return { bytes, mediaType };
}

/** The text of a body, without a byte order mark. */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
}

/** @throws BodyProblem 415 saying what was sent */
function acceptedMediaType({ headers }: IncomingMessage, { mediaTypes, untyped }: AcceptedBody): string {
  const header = headers['content-type'] ?? (headers.origin === undefined ? untyped : undefined) ?? '';
  const { mediaType, foreignCharset } = readContentType(header);
  const refuse = (detail: string) => new BodyProblem('unsupported-media-type', 'content_type', detail);
  if (!mediaTypes.includes(mediaType)) {
    const sent = header === '' ? 'it is missing' : `not ${shorten(header)}`;
    throw refuse(`content-type must be ${mediaTypes.join(' or ')}: ${sent}`);
  }
  if (foreignCharset !== undefined) {
    throw refuse(`the body must be in UTF-8: content-type says charset=${shorten(foreignCharset)}`);
  }
  return mediaType;
}

/** Enough of a header to recognise it. */
function shorten(header: string): string {
  return header.length > 100 ? `${header.slice(0, 100)}…` : header;
}

/** Signatures at the beginning of bytes that are not UTF-8, in hexadecimal. */
const signatures: readonly (readonly [start: string, what: string])[] = [
  ['1f8b', 'the body is compressed with gzip: send it uncompressed'],
  ['28b52ffd', 'the body is compressed with Zstandard: send it uncompressed'],
  ['789c', 'the body is compressed with zlib: send it uncompressed'],
  ['fffe0000', 'the body is in UTF-32: send it in UTF-8'],
  ['0000feff', 'the body is in UTF-32: send it in UTF-8'],
  ['feff', 'the body is in UTF-16: send it in UTF-8'],
  ['fffe', 'the body is in UTF-16: send it in UTF-8'],
];

/** Describes bytes that are not UTF-8. */
function describeBytes(bytes: Buffer): string {
  const start = bytes.toString('hex', 0, 4);
  const known = signatures.find(([signature]) => start.startsWith(signature));
  if (known) return known[1];
  // decoding puts a replacement of three bytes where the first wrong byte is
  const decoded = Buffer.from(bytes.toString('utf8'));
  let position = 0;
  while (decoded[position] === bytes[position]) position++;
  return `the body is not UTF-8, at byte ${position}`;
}

/**
 * @throws BodyProblem 400 saying what is wrong with the JSON and where (counted from 0, lines and columns from 1),
 * without repeating the client's text
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedJson(text);
  }
}

/** `parseJson` for a body of megabytes. @param pause called between its passes over the text */
export async function parseLongJson(text: string, pause: Pause): Promise<unknown> {
  await pause();
  try {
    return JSON.parse(text);
  } catch {
    await pause();
    throw malformedJson(text);
  }
}

function malformedJson(text: string): BodyProblem {
  return new BodyProblem('malformed-json', 'malformed_json', describeFault(text, 'the body'));
}

/**
 * Says why a text is not JSON, and where, counted like in `parseJson`.
 *
 * @param what names the text; positions in a line or a row count from its beginning
 */
export function describeFault(text: string, what: 'the body' | 'the line' | 'the row'): string {
  if (text.trim() === '') return `${what} is empty`;
  const fault = findJsonFault(text);
  if (fault === undefined) return `${what} is not JSON`;
  const { position } = fault;
  const reason = fault.reason.replace(/^the body\b/, what);
  if (what !== 'the body') return `${reason}, at position ${position} of ${what}`;
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < position; i++) {
    if (text.charCodeAt(i) !== lineBreak) continue;
    line++;
    lineStart = i + 1;
  }
  const column = position - lineStart + 1;
  return `${reason}, at position ${position} (line ${line} column ${column})`;
}

/** The problem of a request with more rows, or outcomes, than allowed. */
export function tooManyRows(maxRows: number): BodyProblem {
  return new BodyProblem('body-too-large', 'too_large', `a request may have at most ${maxRows} rows`);
}

export function tooLarge(maxBytes: number): BodyProblem {
  // what has not been read cannot be skipped cheaply, so the connection ends with the answer
  return new BodyProblem('body-too-large', 'too_large', `the body may have at most ${maxBytes} bytes`, {
    connection: 'close',
  });
}

/**
 * Copies what arrives into one buffer: a body may arrive in chunks of one byte, and a buffer for each would take
 * hundreds of times the memory.
 */
function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = nothing;
    let length = 0;
    const onData = (chunk: Buffer) => {
      const end = length + chunk.length;
      if (end > maxBytes) {
        request.off('data', onData);
        request.pause();
        reject(tooLarge(maxBytes));
        return;
      }
      if (length === 0) {
        // for most bodies this is everything
        bytes = chunk;
      } else {
        if (end > bytes.length) {
          bytes = Buffer.concat([bytes], Math.min(maxBytes, Math.max(2 * bytes.length, end)));
        }
        chunk.copy(bytes, length);
      }
      length = end;
    };
    request.on('data', onData);
    request.on('end', () => resolve(length === bytes.length ? bytes : bytes.subarray(0, length)));
    request.on('error', (error) => {
      const isTold = error instanceof BodyProblem;
      reject(
        isTold
          ? error
          : new BodyProblem('client-closed-request', 'aborted', 'the connection ended before the body did'),
      );
    });
  });
}
