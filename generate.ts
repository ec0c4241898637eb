// Writes all that is made from other parts of the repository: `npm run generate`.

import { execFileSync } from 'node:child_process';
import { readGeneratorOptions } from './otel/prometheus/generator/generator-options.ts';

const usage = `Writes the Prometheus rules, the Grafana dashboards, the Kubernetes manifests, and the tables and schemas of
the documents.

  npm run generate [-- [--runbook-url URL] [--alert-settings FILE]]

  --runbook-url URL      the page with a section for each alert (nothing links to one)
  --alert-settings FILE  thresholds and waiting times of your own, as docs/alerts.md describes
`;

/** Each with those of the options that it takes. */
const generators: Readonly<Record<string, readonly string[]>> = {
  'otel/prometheus/generate.ts': ['--runbook-url', '--alert-settings'],
  'grafana/generate.ts': ['--runbook-url'],
  'deploy/kubernetes/generate.ts': ['--runbook-url', '--alert-settings'],
  'src/cli/docs.ts': [],
  'bench/documents.ts': [],
};

await readGeneratorOptions(usage, ['runbookUrl', 'alerts']);
const given = process.argv.slice(2).flatMap((argument, i, all) => {
  if (!argument.startsWith('--')) return [];
  const [name, value = all[i + 1]] = argument.split(/=(.*)/s);
  return [[name, value]];
});
for (const [script, taken] of Object.entries(generators)) {
  const args = given.filter(([name]) => taken.includes(name)).flat();
  execFileSync(process.execPath, [script, ...args], { cwd: import.meta.dirname, stdio: 'inherit' });
}
