import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderFiles } from './files.ts';

for (const [file, text] of renderFiles()) {
  const path = join(import.meta.dirname, file);
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}
