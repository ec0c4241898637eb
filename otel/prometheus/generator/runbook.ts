import { parseArgs } from 'node:util';
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

/**
 * The command line of a generator that takes `--runbook-url` alone: its value, if one was given. Prints the usage and
 * ends the process if `--help` was asked for, or with status 2 and the reason if the arguments are wrong.
 */
export function readRunbookUrl(usage: string): string | undefined {
  try {
    const { values } = parseArgs({
      options: { 'runbook-url': { type: 'string' }, help: { type: 'boolean', default: false } },
    });
    if (values.help) {
      writeLines(process.stdout, usage.split('\n'));
      process.exit(0);
    }
    const text = values['runbook-url'];
    return text === undefined ? undefined : parseRunbookUrl(text);
  } catch (error) {
    writeLines(process.stderr, [`generate: ${(error as Error).message}; --help shows the usage`]);
    process.exit(2);
  }
}
