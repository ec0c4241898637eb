import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'serve',
  summary: 'Starts the service, with its home page, metrics and API.',
  about: [
    'Starts the service. It is configured by environment variables only; docs/reference/settings.md lists them all. The most important are MODEL_PATH, HOST, PORT, ADMIN_HOST, ADMIN_PORT and SAMPLES_PATH.',
    'SIGTERM or Ctrl-C stops it after the requests in flight; SIGHUP reloads the model files.',
  ],
  options: {},
  examples: [['', 'serve the model in models/credit.json on port 8000, with the home page on port 9464']],
  statuses: { 0: 'stopped by a signal', 1: 'could not start: one line on stderr says why' },
  run: () => import('../serve.ts').then(({ run }) => run()),
});
