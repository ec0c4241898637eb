/** The rows of the tables in a Markdown text, with `#` for every figure. */
export function withoutFigures(markdown: string): string[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.includes('---'))
    .map((line) => line.replace(/(?:[<>] )?\d[\d,.]*(?: %)?/g, '#'));
}
