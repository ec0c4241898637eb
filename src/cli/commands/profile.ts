import { defineCommand, type Options } from '../command.ts';
import { modelOptions, table } from './model-options.ts';
import { columnNames, columns } from './shared-options.ts';

export const options = {
  data: { value: 'FILE', required: 'the table of rows and scores', meaning: table },
  score: {
    value: 'COLUMN',
    required: 'the column of the scores',
    meaning: 'the probability of the positive class, from 0 to 1',
  },
  prediction: {
    value: 'COLUMN',
    meaning: 'the predicted class, from which the threshold is derived',
  },
  target: {
    value: 'COLUMN',
    meaning:
      'what became of the rows, a column with two values: with it the model file says how good the scores are',
  },
  positive: {
    value: 'VALUE',
    meaning:
      'the class whose probability is the score; needed with --target or --prediction, otherwise just a name',
  },
  negative: { value: 'VALUE', meaning: 'the other class, if no column shows it' },
  threshold: {
    value: 'P',
    meaning: 'predict the positive class from this probability on',
    default: '0.5, or as the predictions show',
  },
  exclude: columns('columns that are not features'),
  ...modelOptions,
  predictor: {
    value: 'FILE',
    meaning:
      'JSON that says how the service gets predictions from the model (the model file\'s "predictor"); without it the service only watches',
  },
} as const satisfies Options;

export const command = defineCommand({
  name: 'profile',
  summary: 'Makes the model file of your own model from scored rows.',
  about: [
    'Makes the model file of any binary model from a table of rows and the scores it gave them. The rows should be ones that the model was not fitted on.',
  ],
  options,
  notes: [columnNames],
  examples: [
    [
      '--data scored.csv --score p_churn --target churned --positive yes --exclude customer_id --name churn',
      'watch a model whose scores are in the column p_churn',
    ],
  ],
  run: (values) => import('../profile.ts').then(({ run }) => run(values)),
});
