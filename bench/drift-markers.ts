const begin = '<!-- bench:drift begins; written by npm run bench:drift -->';
const end = '<!-- bench:drift ends -->';

/**
 * Puts `content` between the markers of a Markdown document.
 *
 * @throws Error if the document does not have the markers, each once and in order
 */
export function replaceBetweenMarkers(document: string, content: string): string {
  const [head, rest, ...more] = document.split(begin);
  const [old, tail, ...others] = rest?.split(end) ?? [];
  if (old === undefined || tail === undefined || more.length > 0 || others.length > 0) {
    throw new Error(`the document needs the lines\n${begin}\n${end}\nonce each, in this order`);
  }
  return `${head}${begin}\n\n${content}\n\n${end}${tail}`;
}
