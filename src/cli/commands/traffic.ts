import { defineCommand, type Options } from '../command.ts';
import { decimal } from './shared-options.ts';

export const options = {
  url: {
    value: 'URL,URL',
    meaning: 'services, in turn',
    default: 'the one that HOST and PORT say',
  },
  data: {
    value: 'FILE',
    meaning: 'rows to draw from, a table (CSV); gzip too, or - for standard input',
    default: 'data/german-credit.csv, or the reference of the model that the service says it has',
  },
  decimal,
  model: { value: 'FILE', meaning: "draw from this model's reference instead of from a table" },
  'model-name': {
    value: 'NAME',
    meaning: 'ask the model of this name',
    default: 'the one that answers /predict',
  },
  rate: { value: 'N', meaning: 'requests a second, whether or not the answers keep up', default: '20' },
  duration: { value: 'TIME', meaning: 'end after a time such as 90s, 5m or 1h' },
  count: { value: 'N', meaning: 'end after so many requests' },
  seed: { value: 'N', meaning: 'another sequence of requests', default: '1' },
  drift: {
    value: 'CHANGE',
    multiple: true,
    meaning:
      'change what is sent: FEATURE:+10 or FEATURE:-10 adds to a number; FEATURE:x1000 multiplies it; FEATURE:unseen sends a category that training never saw; missing:FEATURE:0.2 sends null for a share of the values, which a model that never saw one refuses with 422',
  },
  labels: { meaning: 'report outcomes too, made up as the scores say' },
  'label-url': {
    value: 'URL,URL',
    meaning: 'with --labels: where to report them, in turn',
    default: 'where ADMIN_HOST and ADMIN_PORT say',
  },
  'label-token-file': {
    value: 'FILE',
    meaning: 'with --labels: file with the bearer token, for the public API',
  },
  'label-delay': {
    value: 'TIME',
    meaning: 'with --labels: mean time from a prediction to its outcome',
    default: '2s',
  },
  'label-share': {
    value: 'P',
    meaning: 'with --labels: share of the predictions that get an outcome',
    default: '1',
  },
  'positive-share': {
    value: 'P',
    meaning: 'with --labels: share of positive outcomes, whatever the row',
    default: 'as the scores say',
  },
  'damaged-share': {
    value: 'P',
    meaning: 'with --labels: share of outcomes sent twice, and of forged ones besides',
    default: '0',
  },
} as const satisfies Options;

export const command = defineCommand({
  name: 'traffic',
  summary: 'Sends made-up requests to a service, with drift and labels.',
  about: [
    'Sends requests drawn from a table to a prediction service, until Ctrl-C or the end that is given.',
  ],
  options,
  examples: [
    ['--count 600 --rate 60', 'ten seconds of traffic as the model knows it'],
    ['--duration 10m --drift limit:x1000 --labels', 'the amount limit in another unit, with labels'],
  ],
  statuses: { 1: 'failed, or nothing that was sent was answered' },
  run: (values) => import('../traffic.ts').then(({ run }) => run(values)),
});
