// Writes all that is made from other parts of the repository: `npm run generate`.

import { spawnSync } from 'node:child_process';
import { readGeneratorOptions } from './otel/prometheus/generator-options.ts';

const usage = `Writes the Prometheus rules, the Grafana dashboards, the Kubernetes manifests, the Helm chart, and the tables
and schemas of the documents.

  npm run generate [-- --alert-settings FILE]

  --alert-settings FILE  settings that differ from the defaults (otel/alert-settings.json); docs/alerts.md has them all
`;

/** Each, and whether it takes the option. */
const generators = {
  'otel/prometheus/generate.ts': true,
  'grafana/generate.ts': true,
  'deploy/kubernetes/generate.ts': true,
  'src/cli/docs.ts': false,
  'bench/documents.ts': false,
};

await readGeneratorOptions(usage, ['alerts']);
for (const [script, takesOption] of Object.entries(generators)) {
  const args = takesOption ? process.argv.slice(2) : [];
  const options = { cwd: import.meta.dirname, stdio: 'inherit' } as const;
  const { status } = spawnSync(process.execPath, [script, ...args], options);
  // the generator has said what is wrong
  if (status !== 0) process.exit(1);
}
