import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { binLabelPatterns } from '../../src/stats/bin-label-patterns.ts';
import { signs } from '../../src/text/format.ts';

/**
 * The colours of every dashboard. The reference is grey-blue and live traffic orange; green, yellow, blue and red judge,
 * and never stand without a word beside them. All can be told apart with any colour vision and on either background.
 */
export const colours = {
  reference: '#7A8CA5',
  live: '#F08C1A',
  good: '#2F9E5B',
  unsure: '#B58900',
  moved: '#3274D9',
  bad: '#C8323C',
  /** Lines that are neither distribution: thresholds, ceilings, targets. */
  threshold: '#8E6BBF',
} as const;

/** Those that judge. Grafana's own names for them count, too. */
export const verdictColours: ReadonlySet<string> = new Set([
  colours.good,
  colours.unsure,
  colours.moved,
  colours.bad,
  'green',
  'yellow',
  'orange',
  'red',
]);

/** Words for verdicts, whose numbers in every query are 0 good, 1 unsure, 2 moved where there is that, then bad. */
export type Words = {
  readonly good: string;
  readonly unsure?: string;
  readonly moved?: string;
  readonly bad?: string;
};

/** With the shapes that the report and the admin page show beside them. */
export const driftWords: Words = {
  good: `${signs.stable} stable`,
  unsure: `${signs.undetermined} undetermined`,
  moved: `${signs.moved} moved`,
  bad: `${signs.drifting} drifting`,
};

export const performanceWords: Words = {
  good: 'as expected',
  unsure: 'undetermined',
  bad: 'not as expected',
};

/** By what the alerts about something say: 0 none, 1 one that can wait, 2 one that cannot. */
export const alertWords: Words = { good: 'no alert', unsure: 'warning', bad: 'critical' };

/** Shows the numbers of verdicts as words in the colour of each. */
export function verdicts(words: Words): ValueMapping[] {
  const bad = words.moved === undefined ? 2 : 3;
  return [
    {
      type: MappingType.ValueToText,
      options: {
        0: { text: words.good, color: colours.good, index: 0 },
        ...(words.unsure === undefined ? {} : { 1: { text: words.unsure, color: colours.unsure, index: 1 } }),
        ...(words.moved === undefined ? {} : { 2: { text: words.moved, color: colours.moved, index: 2 } }),
        ...(words.bad === undefined ? {} : { [bad]: { text: words.bad, color: colours.bad, index: bad } }),
      },
    },
  ];
}

/** How the labels of bins read, each by what its pattern finds: `03 (28, 31]` as "28 – 31", `01 = 0` as "0". */
export const binTexts = Object.entries({
  all: 'any value',
  upTo: '≤ $1',
  below: '< $1',
  over: '> $1',
  between: '$1 – $2',
  only: '$1',
} satisfies Record<keyof typeof binLabelPatterns, string>).map(([name, text]) => ({
  pattern: binLabelPatterns[name as keyof typeof binLabelPatterns],
  text,
}));

/** Shows the label of a bin so in a table or beside bars. */
export const binNames: readonly ValueMapping[] = binTexts.map(({ pattern, text }, index) => ({
  type: MappingType.RegexToText,
  options: { pattern, result: { text, index } },
}));

/** The figures of performance as they are called, by the label that they have. */
export const figureNames: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  roc_auc: 'ROC AUC',
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1',
  brier: 'Brier score',
  log_loss: 'Log loss',
  calibration_error: 'Calibration error',
};

/** Colours of words that come as labels. */
export const alertStateColours = { firing: colours.bad, pending: colours.unsure };
export const severityColours = {
  critical: colours.bad,
  page: colours.bad,
  warning: colours.unsure,
  ticket: colours.unsure,
  info: colours.moved,
};

/** A variable for Grafana to fill in: `${name}`. */
export const variable = (name: string) => `\${${name}}`;
