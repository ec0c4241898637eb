/**
 * How Grafana and Prometheus, which know bins by their labels alone, take labels of `binLabels` apart: expressions that
 * JavaScript and RE2 read alike. Inside Vigia nothing does, as it has the bin itself (`Bin`).
 */

/** What a label is of: the first of these that matches says so. Its groups are the ends, or the only value. */
export const binLabelPatterns = {
  all: '^\\d+ \\(-inf, \\+inf\\)$',
  upTo: '^\\d+ \\(-inf, (.+)\\]$',
  below: '^\\d+ \\(-inf, (.+)\\)$',
  over: '^\\d+ \\((.+), \\+inf\\)$',
  between: '^\\d+ \\((.+), (.+)[\\])]$',
  only: '^(?:\\d+ )?= (.*)$',
} as const;

/**
 * The whole label of a range, whose groups are its number, those of the two ends, and the bracket that closes it. It has
 * no backslash, so that it can stand in a string of PromQL.
 *
 * @param end an expression of an end, with groups
 */
export function rangeLabelPattern(end: string): string {
  return `([0-9]+) [(]${end}, ${end}(]|[)])`;
}
