import { styleText } from 'node:util';

/**
 * What steers a terminal or misleads its reader: control characters (C0, DEL, C1, with which every escape sequence
 * begins), line and paragraph separators, marks, embeddings, overrides and isolates of the bidirectional algorithm
 * (https://trojansource.codes), and lone surrogates, which have no encoding.
 */
const harmful = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]/gu;

/** A line of text, without its line end; its colour, if any, shows on a terminal alone. */
export type Line = string | { readonly text: string; readonly color: 'red' | 'green' | 'yellow' | 'cyan' };

type Stream = NodeJS.WriteStream;

/** Of a terminal; of whatever else is written to, which somebody reads as lines of a file or of a log. */
const usualColumns = 80;

/** How many characters a line on this stream may have. */
export function columnsOf({ isTTY, columns }: Stream): number {
  return isTTY && columns >= 40 ? columns : usualColumns;
}

/** A text for one line of a terminal: what would steer it stands there as `\u{1b}`. */
export function escapeLine(text: string): string {
  return text.replaceAll(harmful, (character) => `\\u{${codeOf(character)}}`);
}

/** JSON of the same meaning that steers no terminal; its line breaks, which stand between tokens, stay. */
export function escapeJson(json: string): string {
  return json.replaceAll(harmful, (character) =>
    character === '\n' ? character : `\\u${codeOf(character).padStart(4, '0')}`,
  );
}

/**
 * Writes lines, whatever is in them: all that the service and the commands say goes through here, so that no name, no
 * value and no message of others can steer the terminal, forge a line or set a colour.
 */
export function writeLines(stream: Stream, lines: readonly Line[]): void {
  const isColored = stream.isTTY === true && !process.env.NO_COLOR;
  const texts = lines.map((line) => {
    if (typeof line === 'string') return escapeLine(line);
    const text = escapeLine(line.text);
    return isColored ? styleText(line.color, text, { validateStream: false }) : text;
  });
  stream.write(texts.map((text) => `${text}\n`).join(''));
}

/** Writes a value as JSON with a line end. @param indent how far each level is set in; on one line without it */
export function writeJson(stream: Stream, value: unknown, indent?: number): void {
  stream.write(`${escapeJson(JSON.stringify(value, null, indent))}\n`);
}

/** Puts a text in the place of the line that was written last in this way; an empty one clears it. */
export function rewriteLine(stream: Stream, text: string): void {
  stream.write(`\r\u001b[K${escapeLine(text)}`);
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}
