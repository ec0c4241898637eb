import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { RejectionReason } from '../monitor/model-counts.ts';
import { Problem, type ProblemKey } from './problem.ts';

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

const contentType = /^([^;\s]+)\s*(?:;\s*charset="?([\w-]+)"?\s*)?$/i;

/** The media types a body may be of, lower case, and how long it may be. */
export type AcceptedBody = { readonly mediaTypes: readonly string[]; readonly maxBytes: number };

/**
 * Reads a whole body as text, never more than `maxBytes` of it: one that announces more is refused unread, one that
 * turns out longer as soon as it does.
 *
 * @throws BodyProblem 415 for another media type, character set or content encoding, 413 for too much, 400 for what
 * is not UTF-8, 499 when the client goes away
 */
export async function readText(
  request: IncomingMessage,
  { mediaTypes, maxBytes }: AcceptedBody,
): Promise<{ text: string; mediaType: string }> {
  const { headers } = request;
  const mediaType = utf8MediaType(headers['content-type'] ?? '');
  if (!mediaTypes.includes(mediaType)) {
    const wanted = mediaTypes.join(' or ');
    throw new BodyProblem(
      'unsupported-media-type',
      'content_type',
      `content-type must be ${wanted} in UTF-8`,
    );
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new BodyProblem(
      'unsupported-media-type',
      'content_encoding',
      'send the body without content-encoding',
      {
        'accept-encoding': 'identity',
      },
    );
  }
  if (Number(headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await readBytes(request, maxBytes);
  if (!isUtf8(bytes))
    throw new BodyProblem('malformed-json', 'malformed_json', 'the body is not valid UTF-8');
  return { text: bytes.toString('utf8'), mediaType };
}

/** The media type that a content-type header names, lower case; empty unless it is in UTF-8. */
function utf8MediaType(header: string): string {
  // as nearly all clients write it
  if (header === 'application/json') return header;
  const [, type = '', charset = 'utf-8'] = contentType.exec(header) ?? [];
  return charset.toLowerCase() === 'utf-8' ? type.toLowerCase() : '';
}

/** @throws BodyProblem 400 saying where the JSON breaks, without repeating the client's text */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = /at position \d+(?: \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0];
    const where = text.trim() === '' ? 'the body is empty' : `it breaks ${position ?? 'off before its end'}`;
    throw new BodyProblem('malformed-json', 'malformed_json', where);
  }
}

function tooLarge(maxBytes: number): BodyProblem {
  // what has not been read cannot be skipped cheaply, so the connection ends with the answer
  return new BodyProblem('body-too-large', 'too_large', `the body may have at most ${maxBytes} bytes`, {
    connection: 'close',
  });
}

function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      request.off('data', onData);
      request.pause();
      reject(tooLarge(maxBytes));
    };
    request.on('data', onData);
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length)));
    request.on('error', () => {
      reject(new BodyProblem('client-closed-request', 'aborted', 'the connection ended before the body did'));
    });
  });
}
