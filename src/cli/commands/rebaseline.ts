import { defineCommand, type Options } from '../command.ts';
import { decimal, model } from './shared-options.ts';

export const options = {
  live: {
    value: 'FILE',
    multiple: true,
    required: 'the traffic that becomes the new reference',
    meaning:
      'live rows to accept: samples of the service, rows of JSON, or a table (CSV); gzip, a pattern, or - for standard input',
  },
  'accepted-by': { value: 'NAME', required: 'who accepts the shift', meaning: 'who accepts the shift' },
  reason: { value: 'TEXT', required: 'why it is accepted', meaning: 'why it is accepted' },
  model,
  decimal,
  out: {
    value: 'FILE',
    meaning: 'where to write the new model file',
    default: 'beside the model, as NAME-rebaselined.json',
  },
} as const satisfies Options;

export const command = defineCommand({
  name: 'rebaseline',
  summary: 'Accepts a shift: makes recent traffic the new reference.',
  about: [
    'Writes a new model file whose reference is recent traffic: a shift that is known and accepted no longer raises alerts, and drift is measured against the new reference. The model scores as before; the file says who accepted the shift, when and why, and which version it replaces.',
  ],
  options,
  examples: [
    [
      "--live 'logs/input_samples*.jsonl' --accepted-by ana --reason 'new branch in Porto'",
      'measure drift against recent traffic',
    ],
  ],
  run: (values) => import('../rebaseline.ts').then(({ run }) => run(values)),
});
