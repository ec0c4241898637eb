import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRunbookUrl } from '../../otel/prometheus/generator/runbook.ts';
import { renderFiles } from './files.ts';

const usage = `Writes the Kubernetes manifests.

  node deploy/kubernetes/generate.ts [--runbook-url URL]

  --runbook-url URL    the page with a section for each alert (alerts link to none)
`;

for (const [file, text] of renderFiles(readRunbookUrl(usage))) {
  const path = join(import.meta.dirname, file);
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}
