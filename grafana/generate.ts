import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readGeneratorOptions } from '../otel/prometheus/generator-options.ts';
import { renderDashboards } from './dashboards-src/index.ts';

const usage = `Writes the Grafana dashboards.

  node grafana/generate.ts [--alert-settings FILE]

  --alert-settings FILE  settings that differ from the defaults (otel/alert-settings.json); docs/alerts.md has them all
`;
const folder = new URL('dashboards/', import.meta.url);
const { alerts } = await readGeneratorOptions(usage, ['alerts']);
const files = renderDashboards(alerts);

for (const [name, text] of files) {
  const written = new URL(`.${name}`, folder);
  writeFileSync(written, text);
  renameSync(written, new URL(name, folder));
}
for (const name of readdirSync(folder)) {
  if (name.endsWith('.json') && !files.has(name)) rmSync(new URL(name, folder));
}
console.log(`grafana/dashboards: ${[...files.keys()].join(', ')}`);
