import { styleText } from 'node:util';

/**
 * What controls a terminal or misleads its reader: control characters (C0, DEL, C1, with which every escape sequence
 * begins), line and paragraph separators, marks, embeddings, overrides and isolates of the bidirectional algorithm
 * (https://trojansource.codes), and lone surrogates, which have no encoding.
 */
const harmful = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]/gu;

/** A line of text, without its line end; its colour, if any, only appears on a terminal. */
export type Line = string | { readonly text: string; readonly color: 'red' | 'green' | 'yellow' | 'cyan' };

type Stream = NodeJS.WriteStream;

/** The width assumed if it is unknown, and for files and logs. */
export const usualColumns = 80;

/** How many characters a line on this stream may have. */
export function columnsOf({ isTTY, columns }: Stream): number {
  return isTTY && columns > usualColumns ? columns : usualColumns;
}

/** A text for one line of a terminal: characters that would control it are written as `\u{1b}`. */
export function escapeLine(text: string): string {
  return text.replaceAll(harmful, (character) => `\\u{${codeOf(character)}}`);
}

/** JSON with the same meaning that cannot control a terminal; line breaks between tokens are kept. */
export function escapeJson(json: string): string {
  return json.replaceAll(harmful, (character) =>
    character === '\n' ? character : `\\u${codeOf(character).padStart(4, '0')}`,
  );
}

/**
 * Writes lines, whatever they contain: all output of the service and the commands goes through here, so that no name,
 * value or message from others can control the terminal, forge a line or set a colour.
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

/**
 * Writes a value as JSON with a line end. @param indent the indentation of each level; without it, everything is on one
 * line
 */
export function writeJson(stream: Stream, value: unknown, indent?: number): void {
  stream.write(`${escapeJson(JSON.stringify(value, null, indent))}\n`);
}

/** Replaces the line that was last written in this way by a text; an empty one clears it. */
export function rewriteLine(stream: Stream, text: string): void {
  stream.write(`\r\u001b[K${escapeLine(text)}`);
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}
