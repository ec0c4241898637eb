import { printable } from '../one-line.ts';

/**
 * Breaks a text into lines, without control characters; a number and its % stay together.
 *
 * @param columns the most that a line may have
 * @param indent begins every line but the first
 */
export function wrap(text: string, columns: number, indent: string): string[] {
  const [start] = /^\s*/.exec(text) ?? [''];
  const words = printable(text)
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
