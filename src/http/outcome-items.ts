import { createPauses, type Pause } from '../times/pauses.ts';
import { findRows } from './body-rows.ts';
import { limitMarks } from './limit-marks.ts';
import { decodeText, parseLongJson, tooManyRows } from './read-body.ts';
import { RowFault } from './row-fault.ts';

/** The maximum number of outcomes in one request, and the bytes that they need. */
export const outcomeLimits = { items: 10_000, bytes: 4 * 1024 * 1024 } as const;

/** The maximum number of brackets, commas and colons in a body: four times as many as that many outcomes need. */
const maxMarks = 20 * outcomeLimits.items;

/**
 * The outcomes in a body, as parsed; a line that is not JSON is replaced by the error that says why. No body of an
 * accepted size blocks the event loop for long: its parts are counted before they are parsed, and all that is done
 * with it is spread over several turns.
 *
 * @throws Problem 413 for more outcomes, or more brackets, commas and colons, than a request may have; 400 for anything
 * that is not JSON
 */
export async function readItems(bytes: Buffer, mediaType: string): Promise<unknown[]> {
  const pause = createPauses();
  const text = decodeText(bytes);
  await pause();
  limitMarks(text, maxMarks);
  if (mediaType !== 'application/json') return parseLines(bytes, mediaType, pause);
  const body = await parseLongJson(text, pause);
  if (!Array.isArray(body)) return [body];
  if (body.length > outcomeLimits.items) throw tooManyRows(outcomeLimits.items);
  return body;
}

async function parseLines(bytes: Buffer, mediaType: string, pause: Pause): Promise<unknown[]> {
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
