import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGeneratorOptions } from '../../otel/prometheus/generator/generator-options.ts';
import { renderFiles } from './files.ts';

const usage = `Writes the Kubernetes manifests.

  node deploy/kubernetes/generate.ts [--runbook-url URL] [--alert-settings FILE]

  --runbook-url URL      the page with a section for each alert (alerts link to none)
  --alert-settings FILE  thresholds and waiting times of your own, as docs/alerts.md describes
`;

const options = await readGeneratorOptions(usage, ['runbookUrl', 'alerts']);
for (const [file, text] of renderFiles(options)) {
  const path = join(import.meta.dirname, file);
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}
