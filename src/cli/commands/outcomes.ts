import { defineCommand, type Options } from '../command.ts';

export const options = {
  data: {
    value: 'FILE',
    required: 'the table of labels',
    meaning:
      'labels: a table with a header (CSV, TSV, or separated by ; or |) or JSON, gzip too, or - for standard input',
  },
  outcome: {
    value: 'COLUMN',
    required: 'the column of the outcomes',
    meaning: "what became of the prediction, one of the model's classes; rows without one are skipped",
  },
  key: { value: 'COLUMN', meaning: 'your own key of the prediction, as it was sent with it' },
  id: {
    value: 'COLUMN',
    meaning: 'instead of --key: the id that the prediction was answered with; no samples are needed then',
  },
  map: {
    value: 'VALUE=CLASS',
    multiple: true,
    meaning: 'which class a value of the outcome means, as in 1=bad,0=good',
  },
  live: {
    value: 'FILE',
    multiple: true,
    meaning:
      'samples of the service, with the keys; patterns too; those rotated from the default are read as well',
    setting: 'SAMPLES_PATH',
  },
  'model-name': {
    value: 'NAME',
    meaning: 'the model that made the predictions, if the samples are of several models',
  },
  all: { meaning: 'report the outcome for all predictions of a key, not only for the newest' },
  url: { value: 'URL', meaning: 'the service', default: 'the address given by ADMIN_HOST and ADMIN_PORT' },
  'token-file': { value: 'FILE', meaning: 'file with the bearer token, for the public API' },
} as const satisfies Options;

export const command = defineCommand({
  name: 'outcomes',
  summary: 'Reports labels to the service, by id or by your own key.',
  about: [
    'Reports what became of predictions: joins a table of labels with the samples by your own key (--key), and sends an outcome for the newest prediction of each key. One of --key and --id is needed.',
    'Sending the same labels again is safe: no outcome is counted twice.',
  ],
  options,
  examples: [
    [
      '--data labels.csv --key customer_id --outcome churned --map 1=yes,0=no',
      'labels by customer, as they come from a warehouse',
    ],
  ],
  statuses: { 1: 'failed, or no outcome was taken', 130: 'interrupted; run again, nothing counts twice' },
  run: (values) => import('../outcomes.ts').then(({ run }) => run(values)),
});
