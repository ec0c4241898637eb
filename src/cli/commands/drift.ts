import { defineCommand, type Options } from '../command.ts';
import { columnNames, columns, decimal, html, model } from './shared-options.ts';

export const options = {
  live: {
    value: 'FILE',
    multiple: true,
    meaning:
      'live rows: samples of the service, rows of JSON, or a table (CSV); gzip, a pattern, or - for standard input',
    setting: 'SAMPLES_PATH',
  },
  model: { ...model, meaning: 'the model, with its reference; not needed with --reference' },
  reference: {
    value: 'FILE',
    multiple: true,
    meaning: "compare with these rows instead of with the model's reference",
  },
  since: {
    value: 'TIME',
    meaning: 'only live rows from this time on: 2026-01-31T12:00:00Z, or an age such as 90m, 24h or 7d',
  },
  until: { value: 'TIME', meaning: 'only live rows before this time, in the same notation' },
  dates: {
    value: 'ORDER',
    meaning:
      'how to read dates such as 03/04/2026 if their column does not show it: day-first or month-first',
  },
  features: columns(
    'only these features; without a model, this is how to compare columns that look like ids or dates',
  ),
  exclude: columns('all features but these'),
  by: columns(
    'also compare each value of these columns by itself, to find a change in one segment that all rows together do not show; without --reference, only columns that were named by --segments in training',
  ),
  decimal,
  outcomes: {
    value: 'FILE',
    multiple: true,
    meaning:
      'outcomes that the service has kept; the report then also says how well the model did, as evaluate does; patterns too',
  },
  backtest: {
    meaning: 'replay the alert rules over the live rows, and list the alerts that would have fired',
  },
  'alert-settings': {
    value: 'FILE',
    meaning: 'with --backtest: the settings that your alert rules were generated with',
    default: 'otel/alert-settings.json',
  },
  json: { meaning: 'print the report as JSON' },
  html,
  'fail-on': { value: 'drift', meaning: 'exit with status 3 if something has drifted' },
} as const satisfies Options;

export const command = defineCommand({
  name: 'drift',
  summary: 'Compares live rows with a reference: what has drifted?',
  about: ['Compares live rows with a reference and says what has drifted.'],
  options,
  notes: [columnNames],
  examples: [
    ['--since 24h --html report.html', 'what the service has kept of the last day, against its model'],
    ['--reference january.csv --live june.csv', 'two tables, without any model'],
    ['--live - --fail-on drift < rows.csv', 'in a pipeline'],
  ],
  statuses: { 3: 'something has drifted, with --fail-on drift' },
  run: (values) => import('../drift.ts').then(({ run }) => run(values)),
});
