import { defineCommand, type Options } from '../command.ts';
import { decimal } from './shared-options.ts';

export const options = {
  url: {
    value: 'URL,URL',
    meaning: 'services to ask, in turn',
    default: 'the address given by HOST and PORT',
  },
  data: {
    value: 'FILE',
    meaning: 'rows to draw from, a table (CSV); gzip too, or - for standard input',
    default: 'data/german-credit.csv, or the reference of the model that the service serves',
  },
  decimal,
  model: { value: 'FILE', meaning: "draw from this model's reference instead of from a table" },
  'model-name': {
    value: 'NAME',
    meaning: 'ask the model of this name',
    default: 'the one that answers /predict',
  },
  rate: { value: 'N', meaning: 'requests per second, whether or not the answers keep up', default: '20' },
  duration: { value: 'TIME', meaning: 'end after a time such as 90s, 5m or 1h' },
  count: { value: 'N', meaning: 'end after this many requests' },
  seed: { value: 'N', meaning: 'seed of the random sequence of requests', default: '1' },
  drift: {
    value: 'CHANGE',
    multiple: true,
    meaning:
      'change what is sent: FEATURE:+10 or FEATURE:-10 adds to a number; FEATURE:x1000 multiplies it; FEATURE:unseen sends a category that training never saw; missing:FEATURE:0.2 sends null for a share of the values, which a model trained without missing values rejects with 422',
  },
  labels: { meaning: 'also report outcomes, drawn at random with the scores as probabilities' },
  'label-url': {
    value: 'URL,URL',
    meaning: 'with --labels: where to report them, in turn',
    default: 'the address given by ADMIN_HOST and ADMIN_PORT',
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
    meaning: 'with --labels: share of positive outcomes, regardless of the row',
    default: 'as the scores say',
  },
  'damaged-share': {
    value: 'P',
    meaning: 'with --labels: share of outcomes sent twice, and as many forged ones',
    default: '0',
  },
} as const satisfies Options;

export const command = defineCommand({
  name: 'traffic',
  summary: 'Sends made-up requests to a service, with drift and labels.',
  about: [
    'Sends requests drawn from a table to a prediction service, until Ctrl-C, --duration or --count ends it.',
  ],
  options,
  examples: [
    ['--count 600 --rate 60', 'ten seconds of traffic without drift'],
    ['--duration 10m --drift limit:x1000 --labels', 'the amount limit in another unit, with labels'],
  ],
  statuses: { 1: 'failed, or no request was answered' },
  run: (values) => import('../traffic.ts').then(({ run }) => run(values)),
});
