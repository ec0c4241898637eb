import { columns, decimal } from './shared-options.ts';

/** What `train` and `profile` ask of a table and of the model file that they make from it. */
export const modelOptions = {
  categorical: columns('columns of numbers that are codes, not amounts'),
  'allow-ids': columns('use these columns although they look like ids or dates'),
  decimal,
  na: {
    value: 'A,B,…',
    multiple: true,
    meaning:
      'words that mean a missing value, instead of the usual ones (docs/training.md). An empty cell always means one, and in a column of numbers the usual words do as well',
  },
  protected: columns('features whose groups are watched for fairness'),
  segments: columns('categorical features; each of their categories is watched for drift by itself'),
  sensitive: columns(
    'features whose values samples, logs and traces never show; "(key)" stands for the keys that callers send with predictions',
  ),
  name: { value: 'NAME', meaning: 'name of the model', default: 'that of the table' },
  out: { value: 'FILE', meaning: 'where to write it', default: 'models/NAME.json' },
} as const;

export const table =
  'table with a header: CSV, TSV, or separated by ; or |; gzip too, or - for standard input (which needs --name)';
