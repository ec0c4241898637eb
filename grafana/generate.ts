import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readGeneratorOptions } from '../otel/prometheus/generator-options.ts';
import { renderDashboards, renderImportForms } from './dashboards-src/index.ts';

const usage = `Writes the Grafana dashboards: those that are provisioned, and the same as files to import.

  node grafana/generate.ts [--alert-settings FILE]

  --alert-settings FILE  settings that differ from the defaults (otel/alert-settings.json); docs/alerts.md has them all
`;
const { alerts } = await readGeneratorOptions(usage, ['alerts']);
const { services } = parse(readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8'));
const [, version] = services.grafana.image.split(':');

write('dashboards/', renderDashboards(alerts));
write('import/', renderImportForms(alerts, version));

/** Makes a folder hold these files and no other dashboard. */
function write(name: string, files: ReadonlyMap<string, string>): void {
  const folder = new URL(name, import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) {
    const written = new URL(`.${name}`, folder);
    writeFileSync(written, text);
    renameSync(written, new URL(name, folder));
  }
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.json') && !files.has(name)) rmSync(new URL(name, folder));
  }
  console.log(`grafana/${name}: ${[...files.keys()].join(', ')}`);
}
