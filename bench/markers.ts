/**
 * Puts `content` between the markers of a Markdown document.
 *
 * @param name what the markers are called
 * @param script the npm script that writes this part
 * @throws Error if the document does not have the markers, each once and in order
 */
export function replaceBetweenMarkers(
  document: string,
  name: string,
  content: string,
  script = name,
): string {
  const begin = `<!-- ${name} begins; written by npm run ${script} -->`;
  const end = `<!-- ${name} ends -->`;
  const [head, rest, ...more] = document.split(begin);
  const [old, tail, ...others] = rest?.split(end) ?? [];
  if (old === undefined || tail === undefined || more.length > 0 || others.length > 0) {
    throw new Error(`the document needs the lines\n${begin}\n${end}\nonce each, in this order`);
  }
  return `${head}${begin}\n\n${content}\n\n${end}${tail}`;
}
