import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultAlertSettings, readAlertSettings } from '../../src/alerts/alert-settings.ts';
import { writeLines } from '../../src/text/terminal.ts';
import { failToGenerate, parseRunbookUrl } from './generator/generator-options.ts';
import { renderRuleFile } from './generator/rule-file.ts';
import { ruleFiles } from './generator/rule-files.ts';
import { defaultSettings, type Settings } from './generator/generator-settings.ts';

const usage = `Writes the Prometheus rules.

  node otel/prometheus/generate.ts [--out DIR] [--time-scale 0.1] [--request-scale 0.1] [--runbook-url URL] [--alert-settings FILE]

  --out DIR              where to (otel/prometheus/rules)
  --time-scale F         multiplies every window, offset, interval and waiting time (1)
  --request-scale F      multiplies every minimum number of requests (1)
  --runbook-url URL      the page with a section for each alert (alerts link to none)
  --alert-settings FILE  limits and waiting times of your own, as docs/alerts.md describes
`;

function positive(name: string, text: string): number {
  const value = Number(text);
  return value > 0 && Number.isFinite(value)
    ? value
    : failToGenerate(`--${name} must be a number above 0, not "${text}"`);
}

async function readArguments(): Promise<{ out: string; settings: Settings } | 'help'> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(import.meta.dirname, 'rules') },
      'time-scale': { type: 'string', default: String(defaultSettings.timeScale) },
      'request-scale': { type: 'string', default: String(defaultSettings.requestScale) },
      'runbook-url': { type: 'string' },
      'alert-settings': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { 'runbook-url': runbookUrl, 'alert-settings': alertSettings } = values;
  return {
    out: resolve(values.out),
    settings: {
      timeScale: positive('time-scale', values['time-scale']),
      requestScale: positive('request-scale', values['request-scale']),
      runbookUrl: runbookUrl === undefined ? undefined : parseRunbookUrl(runbookUrl),
      alerts: alertSettings === undefined ? defaultAlertSettings : await readAlertSettings(alertSettings),
    },
  };
}

const parsed = await readArguments().catch((error: Error) => failToGenerate(error.message));
if (parsed === 'help') {
  writeLines(process.stdout, usage.split('\n'));
} else {
  const files = renderRules(parsed.settings);
  mkdirSync(parsed.out, { recursive: true });
  for (const [name, text] of files) {
    const path = join(parsed.out, name);
    writeFileSync(`${path}.tmp`, text);
    renameSync(`${path}.tmp`, path);
  }
}

/** The text of each file, by its name. Ends the process where the settings name an alert that there is not. */
function renderRules(settings: Settings): [name: string, text: string][] {
  try {
    return ruleFiles(settings).map((file) => [file.name, renderRuleFile(file)]);
  } catch (error) {
    failToGenerate((error as Error).message);
  }
}
