import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { renderDashboards } from './dashboards-src/index.ts';

const folder = new URL('dashboards/', import.meta.url);
const files = renderDashboards();

for (const [name, text] of files) {
  const written = new URL(`.${name}`, folder);
  writeFileSync(written, text);
  renameSync(written, new URL(name, folder));
}
for (const name of readdirSync(folder)) {
  if (name.endsWith('.json') && !files.has(name)) rmSync(new URL(name, folder));
}
console.log(`grafana/dashboards: ${[...files.keys()].join(', ')}`);
