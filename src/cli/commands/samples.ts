import { defineCommand, type Options } from '../command.ts';
import { model } from './shared-options.ts';

export const options = {
  bin: {
    value: 'FEATURE=BIN',
    meaning:
      'only rows of this bin of this feature, "(score)" for the score: missing, unseen, below, above, a category, or a range by its name or the beginning of it, as in age=09',
  },
  since: {
    value: 'TIME',
    meaning: 'only rows from this time on: 2026-01-31T12:00:00Z, or an age such as 90m, 24h or 7d',
  },
  until: { value: 'TIME', meaning: 'only rows before this time, in the same notation' },
  trace: { value: 'ID', meaning: 'only the row of this trace' },
  limit: { value: 'N', meaning: 'print at most this many rows, the newest', default: '20' },
  live: {
    value: 'FILE',
    multiple: true,
    meaning: 'samples of the service; patterns too; those rotated from the default are read as well',
    setting: 'SAMPLES_PATH',
  },
  model: { ...model, meaning: 'the model, which defines the bins' },
  json: { meaning: 'print the lines as they are' },
  forget: {
    value: 'ID',
    multiple: true,
    meaning:
      'delete every line of this prediction id from samples and outcomes; a running service is not disturbed, and what it has counted stays counted',
  },
  'forget-key': {
    value: 'KEY',
    multiple: true,
    meaning: 'the same for every prediction that was sent with this key',
  },
  outcomes: {
    value: 'FILE',
    multiple: true,
    meaning: 'with --forget or --forget-key: outcomes that the service has kept',
    setting: 'OUTCOMES_PATH',
  },
} as const satisfies Options;

export const command = defineCommand({
  name: 'samples',
  summary: 'Prints the rows that the service has kept, or deletes some.',
  about: [
    'Prints kept rows, the newest last, with their trace ids and the reasons for their scores; or deletes the rows of a prediction.',
  ],
  options,
  examples: [
    ['--bin history=unseen --since 1h', 'the rows behind an alert'],
    ["--bin 'age=09 (52.5, +inf)' --limit 5", 'the newest five in the last bin of age'],
    ['--forget-key 4711', 'delete all that is kept of a customer'],
  ],
  statuses: { 1: 'failed, or with --forget or --forget-key: no line was found' },
  run: (values) => import('../samples.ts').then(({ run }) => run(values)),
});
