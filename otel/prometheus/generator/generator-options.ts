import { parseArgs } from 'node:util';
import {
  type AlertSettings,
  defaultAlertSettings,
  readAlertSettings,
} from '../../../src/alerts/alert-settings.ts';
import { writeLines } from '../../../src/text/terminal.ts';

/** Where a page with the headings of docs/alerts.md has the section of an alert. */
export function runbookSection(runbookUrl: string, alert: string): string {
  return `${runbookUrl}#${alert.toLowerCase()}`;
}

/**
 * The value of `--runbook-url`.
 *
 * @throws RangeError if it is no address that a browser opens, or is one of a section already
 */
export function parseRunbookUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || text.includes('#')) {
    throw new RangeError(
      `--runbook-url must be an address that begins with http:// or https:// and has no #, not "${text}"`,
    );
  }
  return text;
}

/** What the rules and the dashboards may be told by whoever writes them anew. */
export type GeneratorOptions = {
  readonly runbookUrl: string | undefined;
  readonly alerts: AlertSettings;
};

const optionTypes = { 'runbook-url': { type: 'string' }, 'alert-settings': { type: 'string' } } as const;

/**
 * The command line of a generator that takes these options and no others. Prints the usage and ends the process if
 * `--help` was asked for, or with status 2 and the reason if something is wrong with them.
 */
export async function readGeneratorOptions(
  usage: string,
  names: readonly (keyof typeof optionTypes)[],
): Promise<GeneratorOptions> {
  try {
    const options = Object.fromEntries(names.map((name) => [name, optionTypes[name]]));
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean', default: false } } });
    if (values.help) {
      writeLines(process.stdout, usage.split('\n'));
      process.exit(0);
    }
    const { 'runbook-url': url, 'alert-settings': file } = values as Partial<
      Record<keyof typeof optionTypes, string>
    >;
    return {
      runbookUrl: url === undefined ? undefined : parseRunbookUrl(url),
      alerts: file === undefined ? defaultAlertSettings : await readAlertSettings(file),
    };
  } catch (error) {
    failToGenerate((error as Error).message);
  }
}

/** Says why nothing is written and ends the process. */
export function failToGenerate(message: string): never {
  writeLines(process.stderr, [`generate: ${message}; --help shows the usage`]);
  process.exit(2);
}
