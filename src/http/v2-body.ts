import type { Pause } from '../times/pauses.ts';
import { limitMarks } from './limit-marks.ts';
import { decodeText, parseLongJson } from './read-body.ts';

/** The maximum number of brackets, commas and colons in a body: enough for 1,000 rows of almost 200 features. */
const maxMarks = 200_000;

const quote = 0x22;
const backslash = 0x5c;
const capitalN = 0x4e;

/**
 * Parses an inference request. `NaN`, which is not JSON but which Python writes for a missing number, becomes `null`.
 *
 * @param pause called between two passes over the text
 * @throws BodyProblem 413 for too many values, 400 for what is not JSON
 */
export async function parseInference(bytes: Buffer, pause: Pause): Promise<unknown> {
  const text = decodeText(bytes);
  await pause();
  limitMarks(text, maxMarks);
  await pause();
  return parseLongJson(text.includes('NaN') ? withNullForNaN(text) : text, pause);
}

/** Replaces `NaN` outside of strings with `null`. */
function withNullForNaN(text: string): string {
  const parts: string[] = [];
  let start = 0;
  let isText = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) isText = !isText;
    else if (isText) {
      if (code === backslash) i++;
    } else if (code === capitalN && text.startsWith('NaN', i)) {
      parts.push(text.slice(start, i));
      start = i + 3;
      i += 2;
    }
  }
  return parts.length === 0 ? text : [...parts, text.slice(start)].join('null');
}
