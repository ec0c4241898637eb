import { defineCommand, type Options } from '../command.ts';
import { modelOptions, table } from './model-options.ts';
import { columnNames, columns } from './shared-options.ts';

export const options = {
  data: { value: 'FILE', meaning: table },
  target: { value: 'COLUMN', meaning: 'what to predict, a column with two values; needed with --data' },
  positive: { value: 'VALUE', meaning: 'the class whose probability is the score; needed with --data' },
  features: {
    ...columns('columns to predict from'),
    default: 'all but the target',
  },
  exclude: columns('columns that are not features'),
  ...modelOptions,
  threshold: {
    value: 'P',
    meaning: 'predict the positive class from this probability on',
    default: '0.5',
  },
  ridge: {
    value: 'L',
    meaning: 'strength of the penalty on large weights, above 0; C in scikit-learn is 1/L',
    default: '1',
  },
} as const satisfies Options;

export const command = defineCommand({
  name: 'train',
  summary: 'Trains a logistic regression on a table.',
  about: [
    'Trains a logistic regression and writes it as one JSON file, with all that is needed to watch it. Without --data it trains on the example that data/training.json describes.',
  ],
  options,
  notes: [columnNames],
  examples: [
    [
      '--data loans.csv --target defaulted --positive yes --exclude loan_id,signed_on',
      'predict defaulted from all other columns but two',
    ],
  ],
  run: (values) => import('../train.ts').then(({ run }) => run(values)),
});
