/** What an error says, in one line: a parser may quote a file's own line breaks. */
export function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(/\s*[\r\n]+\s*/g, '; ');
}

/**
 * A text from data for one line of a terminal: control characters become a space, so that no name of a column and no
 * category breaks a line or sets colours.
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
