import { escapeLine } from './terminal.ts';

/**
 * Breaks a text into lines for a terminal (see `escapeLine`); a number and its % stay together.
 *
 * @param columns the maximum length of a line
 * @param indent begins every line but the first
 */
export function wrap(text: string, columns: number, indent: string): string[] {
  const [start] = /^\s*/.exec(text) ?? [''];
  const words = escapeLine(text)
    .trim()
    .replaceAll(/(\d) %/g, '$1\u00a0%')
    .split(/ (?! )/);
  const lines: string[] = [];
  let line = start + words[0];
  for (const word of words.slice(1)) {
    if (line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent + word;
    } else {
      line += ` ${word}`;
    }
  }
  return [...lines, line].map((each) => each.replaceAll('\u00a0', ' '));
}

/** A text for a column of a terminal, truncated with … if it has more characters. */
export function cut(text: string, columns: number): string {
  const characters = [...escapeLine(text)];
  return characters.length > columns ? `${characters.slice(0, columns - 1).join('')}…` : characters.join('');
}
