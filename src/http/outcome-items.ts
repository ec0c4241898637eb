import { createPauses } from '../times/pauses.ts';
import { limitMarks } from './limit-marks.ts';
import { Problem } from './problem.ts';
import { describeFault, parseJson } from './read-body.ts';

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
export async function readItems(text: string, mediaType: string): Promise<unknown[]> {
  limitMarks(text, maxMarks);
  if (mediaType !== 'application/json') return parseLines(text);
  const body = parseJson(text);
  if (!Array.isArray(body)) return [body];
  limitItems(body.length);
  return body;
}

function limitItems(count: number): void {
  if (count <= outcomeLimits.items) return;
  throw new Problem('body-too-large', `a request may bring at most ${outcomeLimits.items} outcomes`);
}

/** Each line that is not empty for itself. All are counted before the first one is parsed. */
async function parseLines(text: string): Promise<unknown[]> {
  const pause = createPauses();
  const lines: string[] = [];
  for (let start = 0; start < text.length; await pause()) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end);
    start += line.length + 1;
    if (line.trim() === '') continue;
    lines.push(line);
    limitItems(lines.length);
  }
  const items: unknown[] = [];
  for (const line of lines) {
    await pause();
    items.push(parseLine(line));
  }
  return items;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return new SyntaxError(describeFault(line, 'the line'));
  }
}
