import { defineCommand, type Options } from '../command.ts';
import { columnNames, columns, decimal, html, model } from './shared-options.ts';

export const options = {
  model,
  data: {
    value: 'FILE',
    multiple: true,
    meaning: "labelled rows, with the target's column: a table (CSV) or JSON",
  },
  outcomes: {
    value: 'FILE',
    multiple: true,
    meaning: 'outcomes that the service has kept; patterns too',
    setting: 'OUTCOMES_PATH',
  },
  live: {
    value: 'FILE',
    multiple: true,
    meaning:
      'samples of the service, joined with the outcomes by id, for coverage and --by; not read by default if --outcomes is given',
    setting: 'SAMPLES_PATH',
  },
  'model-version': {
    value: 'VERSION',
    meaning: 'evaluate the outcomes of this version of the model',
    default: "the file's",
  },
  maturity: {
    value: 'DAYS',
    meaning: 'skip predictions younger than this',
    setting: 'OUTCOME_MATURITY_DAYS',
  },
  by: columns('figures for each value of these features as well'),
  decimal: { ...decimal, meaning: 'with --data: decimal sign of numbers in tables, . or ,' },
  json: { meaning: 'print the evaluation as JSON' },
  html,
} as const satisfies Options;

export const command = defineCommand({
  name: 'evaluate',
  summary: 'Measures how well a model did where outcomes are known.',
  about: [
    'Measures how well a model does on rows whose outcome is known: on what the service has kept, or on a table (--data).',
  ],
  options,
  notes: [columnNames],
  examples: [
    ['--html evaluation.html', 'the outcomes that the service here has received'],
    ['--model models/churn.json --data labelled.csv --by region', 'a table, and each region by itself'],
  ],
  run: (values) => import('../evaluate.ts').then(({ run }) => run(values)),
});
