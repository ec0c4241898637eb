/**
 * How Grafana and Prometheus, which see only a bin's label, take the labels of `binLabels` apart: regular expressions
 * that mean the same in JavaScript and RE2. Inside Vigia nothing parses labels, since the bin itself is available
 * (`Bin`).
 */

/**
 * What kind of bin a label names: the first pattern that matches decides. Its groups are the ends, or the only value.
 */
export const binLabelPatterns = {
  all: '^\\d+ \\(-inf, \\+inf\\)$',
  upTo: '^\\d+ \\(-inf, (.+)\\]$',
  below: '^\\d+ \\(-inf, (.+)\\)$',
  over: '^\\d+ \\((.+), \\+inf\\)$',
  between: '^\\d+ \\((.+), (.+)[\\])]$',
  only: '^(?:\\d+ )?= (.*)$',
} as const;

/**
 * The whole label of a range, whose groups are its number, those of the two ends, and the bracket that closes it. It
 * contains no backslash, so it can be used inside a PromQL string.
 *
 * @param end an expression of an end, with groups
 */
export function rangeLabelPattern(end: string): string {
  return `([0-9]+) [(]${end}, ${end}(]|[)])`;
}
