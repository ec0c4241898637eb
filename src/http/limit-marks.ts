import { BodyProblem } from './read-body.ts';

const quote = 0x22;
const backslash = 0x5c;
const lineBreak = 0x0a;
const comma = 0x2c;
const colon = 0x3a;

/**
 * Counts the brackets, commas and colons of JSON before it is parsed, because the cost of parsing depends on them: an
 * object with a million members takes a third of a second. Those in a string do not count; a string never continues on
 * the next line, whether the body consists of lines or not.
 *
 * @throws BodyProblem 413 for more than `maxMarks` of them
 */
export function limitMarks(text: string, maxMarks: number): void {
  let marks = 0;
  let isText = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === lineBreak) isText = false;
    else if (code === quote) isText = !isText;
    else if (isText) {
      if (code === backslash && text.charCodeAt(i + 1) !== lineBreak) i++;
    } else if (
      (code === comma || code === colon || (code | 0x20) === 0x7b || (code | 0x20) === 0x7d) &&
      ++marks > maxMarks
    ) {
      throw new BodyProblem(
        'body-too-large',
        'too_large',
        `a request may have at most ${maxMarks} brackets, commas and colons`,
      );
    }
  }
}
