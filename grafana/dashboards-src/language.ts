import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

/**
 * The colours of every dashboard. The reference is grey-blue and live traffic orange; the other three judge, and never
 * stand without a word beside them. All five can be told apart with any colour vision and on either background.
 */
export const colours = {
  reference: '#7A8CA5',
  live: '#F08C1A',
  good: '#2F9E5B',
  unsure: '#D9B310',
  bad: '#C8323C',
  /** Lines that are neither distribution: limits, ceilings, targets. */
  limit: '#8E6BBF',
} as const;

/** Those that judge. Grafana's own names for them count, too. */
export const verdictColours: ReadonlySet<string> = new Set([
  colours.good,
  colours.unsure,
  colours.bad,
  'green',
  'yellow',
  'orange',
  'red',
]);

/** Words for the three verdicts, whose numbers are 0, 1 and 2 in every query. */
export type Words = { readonly good: string; readonly unsure?: string; readonly bad?: string };

export const driftWords: Words = { good: 'stable', unsure: 'undetermined', bad: 'drifting' };

export const performanceWords: Words = {
  good: 'as expected',
  unsure: 'undetermined',
  bad: 'not as expected',
};

/** Shows 0, 1 and 2 as words in the colour of the verdict. */
export function verdicts(words: Words): ValueMapping[] {
  return [
    {
      type: MappingType.ValueToText,
      options: {
        0: { text: words.good, color: colours.good, index: 0 },
        ...(words.unsure === undefined ? {} : { 1: { text: words.unsure, color: colours.unsure, index: 1 } }),
        ...(words.bad === undefined ? {} : { 2: { text: words.bad, color: colours.bad, index: 2 } }),
      },
    },
  ];
}

/** Shows the label of a bin as one would say it: `03 (28, 31]` as "28 – 31", `= good` as "good". */
export const binNames: readonly ValueMapping[] = (
  [
    ['^\\d+ \\(-inf, \\+inf\\)$', 'any value'],
    ['^\\d+ \\(-inf, (.+)\\]$', '≤ $1'],
    ['^\\d+ \\((.+), \\+inf\\)$', '> $1'],
    ['^\\d+ \\((.+), (.+)\\]$', '$1 – $2'],
    ['^= (.*)$', '$1'],
  ] as const
).map(([pattern, text], index) => ({
  type: MappingType.RegexToText,
  options: { pattern, result: { text, index } },
}));

/** A variable for Grafana to fill in: `${name}`. */
export const variable = (name: string) => `\${${name}}`;
