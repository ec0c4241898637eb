import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readGeneratorOptions } from '../../otel/prometheus/generator-options.ts';
import { renderChart } from '../helm/chart.ts';
import { renderFiles } from './files.ts';

const usage = `Writes the Kubernetes manifests and the Helm chart.

  node deploy/kubernetes/generate.ts [--alert-settings FILE]

  --alert-settings FILE  settings that differ from the defaults (otel/alert-settings.json); docs/alerts.md has them all
`;

const options = await readGeneratorOptions(usage, ['alerts']);
write('.', renderFiles(options));
write('../helm/vigia', renderChart(options));

function write(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) {
    const path = join(import.meta.dirname, folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.tmp`, text);
    renameSync(`${path}.tmp`, path);
  }
}
