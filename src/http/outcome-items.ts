import { createPauses } from '../times/pauses.ts';
import { findRows } from './body-rows.ts';
import { limitMarks } from './limit-marks.ts';
import { decodeText, parseJson, tooManyRows } from './read-body.ts';
import { RowFault } from './row-fault.ts';

/** The most outcomes that one request may bring, and the bytes that so many need. */
export const outcomeLimits = { items: 10_000, bytes: 4 * 1024 * 1024 } as const;

/** The most brackets, commas and colons of a body: four times as many as that many outcomes need. */
const maxMarks = 20 * outcomeLimits.items;

/**
 * The outcomes that a body brings, as parsed; in place of a line that is not JSON the error
 * that says why. No body of the size that is taken holds up the event loop for long: its parts are counted before they
 * are parsed, and lines are parsed in turns.
 *
 * @throws Problem 413 for more outcomes, or more brackets, commas and colons, than a request may bring; 400 for what is
 * not JSON
 */
export async function readItems(bytes: Buffer, mediaType: string): Promise<unknown[]> {
  const text = decodeText(bytes);
  limitMarks(text, maxMarks);
  if (mediaType !== 'application/json') return parseLines(bytes, mediaType);
  const body = parseJson(text);
  if (!Array.isArray(body)) return [body];
  if (body.length > outcomeLimits.items) throw tooManyRows(outcomeLimits.items);
  return body;
}

async function parseLines(bytes: Buffer, mediaType: string): Promise<unknown[]> {
  const pause = createPauses();
  const { bytes: maxRowBytes, items: maxRows } = outcomeLimits;
  const rows = await findRows(bytes, mediaType, { maxRows, maxRowBytes }, pause);
  const items: unknown[] = [];
  for (let i = 0; i < rows.count; i++) {
    const turn = pause();
    if (turn) await turn;
    const item = rows.read(i);
    items.push(item instanceof RowFault ? new SyntaxError(item.message) : item);
  }
  return items;
}
