import { defineCommand, type Options } from '../command.ts';

export const options = {
  'alert-settings': {
    value: 'FILE',
    meaning: 'settings that differ from the defaults, as docs/alerts.md describes them',
    default: 'otel/alert-settings.json',
  },
  out: { value: 'FILE', meaning: 'where to write the rules', default: 'standard output' },
} as const satisfies Options;

export const command = defineCommand({
  name: 'rules',
  summary: 'Writes the rules for your own Prometheus.',
  about: [
    'Writes all recording and alerting rules as one file, for a Prometheus of your own: list it under rule_files. Jobs, links, objectives, thresholds, severities and waiting times are those of the alert settings.',
  ],
  options,
  examples: [
    ['--out vigia-rules.yml', 'the rules with the default settings'],
    ['--alert-settings our-alerts.json --out vigia-rules.yml', 'with the names of your own scrape jobs'],
  ],
  run: (values) => import('../rules.ts').then(({ run }) => run(values)),
});
