import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGeneratorOptions } from '../../otel/prometheus/generator-options.ts';
import { renderFiles } from './files.ts';

const usage = `Writes the Kubernetes manifests.

  node deploy/kubernetes/generate.ts [--alert-settings FILE]

  --alert-settings FILE  settings that differ from the defaults (otel/alert-settings.json); docs/alerts.md has them all
`;

const options = await readGeneratorOptions(usage, ['alerts']);
for (const [file, text] of renderFiles(options)) {
  const path = join(import.meta.dirname, file);
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}
