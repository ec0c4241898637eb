import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRuleFile } from '../../src/rules/rule-file.ts';
import { ruleFiles } from '../../src/rules/rule-files.ts';
import { readGeneratorOptions } from './generator-options.ts';

const usage = `Writes the Prometheus rules.

  node otel/prometheus/generate.ts [--out DIR] [--time-scale 0.1] [--request-scale 0.1] [--alert-settings FILE]

  --out DIR              where to (otel/prometheus/rules)
  --time-scale F         multiplies every window, offset, interval and waiting time (1)
  --request-scale F      multiplies every minimum number of requests (1)
  --alert-settings FILE  settings that differ from the defaults (otel/alert-settings.json); docs/alerts.md has them all
`;

const { out = join(import.meta.dirname, 'rules'), ...settings } = await readGeneratorOptions(usage, [
  'out',
  'timeScale',
  'requestScale',
  'alerts',
]);
mkdirSync(out, { recursive: true });
for (const file of ruleFiles(settings)) {
  const path = join(out, file.name);
  writeFileSync(`${path}.tmp`, renderRuleFile(file));
  renameSync(`${path}.tmp`, path);
}
