import { defineCommand, type Options } from '../command.ts';

export const options = {
  after: {
    value: 'TIME',
    meaning:
      'when the number changes, counted from the moment when there are enough requests to distinguish drift from chance',
    default: '60s',
  },
} as const satisfies Options;

export const command = defineCommand({
  name: 'demo',
  summary: 'Shows drift being detected: a service, requests, labels, and a change.',
  about: [
    'Starts a service with the example model, sends it requests and their outcomes, and after a minute sends one number in another unit. Says what to open, what happens, and what the service detects, until Ctrl-C.',
    'Its files are in a temporary folder, which is removed at the end. Of your settings it uses only PORT and ADMIN_PORT; if a port is in use, it takes another one.',
  ],
  options,
  examples: [['--after 20s', 'see it sooner']],
  statuses: { 0: 'ended by Ctrl-C or SIGTERM', 1: 'the service did not start, or ended too early' },
  run: (values) => import('../demo.ts').then(({ run }) => run(values)),
});
