import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readGeneratorOptions } from '../otel/prometheus/generator/generator-options.ts';
import { renderDashboards } from './dashboards-src/index.ts';

const usage = `Writes the Grafana dashboards.

  node grafana/generate.ts [--runbook-url URL]

  --runbook-url URL    the page with a section for each alert (dashboards link to none)
`;
const folder = new URL('dashboards/', import.meta.url);
const { runbookUrl } = await readGeneratorOptions(usage, ['runbookUrl']);
const files = renderDashboards(runbookUrl);

for (const [name, text] of files) {
  const written = new URL(`.${name}`, folder);
  writeFileSync(written, text);
  renameSync(written, new URL(name, folder));
}
for (const name of readdirSync(folder)) {
  if (name.endsWith('.json') && !files.has(name)) rmSync(new URL(name, folder));
}
console.log(`grafana/dashboards: ${[...files.keys()].join(', ')}`);
