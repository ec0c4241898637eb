import { defineCommand, type Options } from '../command.ts';
import { modelOptions, table } from './model-options.ts';
import { columnNames, columns } from './shared-options.ts';

export const options = {
  data: { value: 'FILE', meaning: table },
  target: { value: 'COLUMN', meaning: 'what to predict, a column with two values' },
  positive: { value: 'VALUE', meaning: 'the class whose probability is the score' },
  features: columns('columns to predict from: all but the target unless they are named here'),
  exclude: columns('columns that are not features'),
  ...modelOptions,
  threshold: {
    value: 'P',
    meaning: 'predict the positive class from this probability on',
    default: '0.5',
  },
  ridge: {
    value: 'L',
    meaning: 'how strongly the fit keeps weights small, above 0; C in scikit-learn is 1/L',
    default: '1',
  },
} as const satisfies Options;

export const command = defineCommand({
  name: 'train',
  summary: 'Trains a logistic regression on a table.',
  about: [
    'Trains a logistic regression and writes it as one JSON file, with all that is needed to watch it. Without --data it trains on the example that data/training.json describes, whose target and positive class also hold where --target or --positive is not given.',
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
