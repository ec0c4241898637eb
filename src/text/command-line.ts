/**
 * A shell command, with `\` at line breaks, so that it can be pasted as it is.
 *
 * @param columns the maximum length of a line
 */
export function formatCommand(command: string, columns: number): string[] {
  // an option stays with its value, and no quoted text is broken
  const parts =
    command.match(/--?[^\s'"]+(?:\s+(?!-)(?:'[^']*'|"[^"]*"|[^\s'"])+)?|(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    if (line !== '' && line.length + part.length + 3 > columns) {
      lines.push(`${line} \\`);
      line = `  ${part}`;
    } else {
      line = line === '' ? part : `${line} ${part}`;
    }
  }
  return [...lines, line];
}

/** A text as one word of a shell. */
export function quoteWord(text: string): string {
  return /^[\w%+,./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
