import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeLines } from '../../src/text/terminal.ts';
import { renderRuleFile } from './generator/rule-file.ts';
import { ruleFiles } from './generator/rule-files.ts';
import { parseRunbookUrl } from './generator/runbook.ts';
import { defaultSettings, type Settings } from './generator/settings.ts';

const usage = `Writes the Prometheus rules.

  node otel/prometheus/generate.ts [--out DIR] [--time-scale 0.1] [--request-scale 0.1] [--runbook-url URL]

  --out DIR            where to (otel/prometheus/rules)
  --time-scale F       multiplies every window, offset, interval and waiting time (1)
  --request-scale F    multiplies every minimum number of requests (1)
  --runbook-url URL    the page with a section for each alert (alerts link to none)
`;

function fail(message: string): never {
  writeLines(process.stderr, [`generate: ${message}; --help shows the usage`]);
  process.exit(2);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  return value > 0 && Number.isFinite(value)
    ? value
    : fail(`--${name} must be a number above 0, not "${text}"`);
}

function readArguments(): { out: string; settings: Settings } | 'help' {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(import.meta.dirname, 'rules') },
      'time-scale': { type: 'string', default: String(defaultSettings.timeScale) },
      'request-scale': { type: 'string', default: String(defaultSettings.requestScale) },
      'runbook-url': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const runbookUrl = values['runbook-url'];
  return {
    out: resolve(values.out),
    settings: {
      timeScale: positive('time-scale', values['time-scale']),
      requestScale: positive('request-scale', values['request-scale']),
      runbookUrl: runbookUrl === undefined ? undefined : parseRunbookUrl(runbookUrl),
    },
  };
}

function main(): void {
  let parsed: ReturnType<typeof readArguments>;
  try {
    parsed = readArguments();
  } catch (error) {
    fail((error as Error).message);
  }
  if (parsed === 'help') {
    writeLines(process.stdout, usage.split('\n'));
    return;
  }
  mkdirSync(parsed.out, { recursive: true });
  for (const file of ruleFiles(parsed.settings)) {
    const path = join(parsed.out, file.name);
    writeFileSync(`${path}.tmp`, renderRuleFile(file));
    renameSync(`${path}.tmp`, path);
  }
}

main();
