import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readAlertSettings } from '../../src/alerts/alert-settings.ts';
import { defaultSettings, type Settings } from '../../src/rules/rule-settings.ts';
import { writeLines } from '../../src/text/terminal.ts';

type Option = {
  readonly flag: string;
  readonly read: (text: string, flag: string) => unknown;
  /** Where the option is not given. */
  readonly preset: () => unknown;
};

/** By what each sets: all but `out` are settings of the rules. */
const options: Readonly<Record<keyof Settings | 'out', Option>> = {
  out: { flag: 'out', read: (text) => resolve(text), preset: () => undefined },
  timeScale: { flag: 'time-scale', read: parseScale, preset: () => defaultSettings.timeScale },
  requestScale: { flag: 'request-scale', read: parseScale, preset: () => defaultSettings.requestScale },
  alerts: {
    flag: 'alert-settings',
    read: (path) => readAlertSettings(path),
    preset: () => readAlertSettings(),
  },
};

/**
 * The command line of a generator that takes these options and no others. Prints the usage and ends the process if
 * `--help` was asked for, or with status 2 and the reason if something is wrong with them.
 */
export async function readGeneratorOptions<Name extends keyof typeof options>(
  usage: string,
  names: readonly Name[],
): Promise<Pick<Settings & { readonly out?: string }, Name>> {
  try {
    const flags = names.map((name) => [options[name].flag, { type: 'string' }] as const);
    const { values } = parseArgs({ options: { ...Object.fromEntries(flags), help: { type: 'boolean' } } });
    const given: Readonly<Record<string, unknown>> = values;
    if (given.help) {
      writeLines(process.stdout, usage.split('\n'));
      process.exit(0);
    }
    const read = names.map(async (name) => {
      const { flag, read, preset } = options[name];
      const text = given[flag];
      return [name, await (typeof text === 'string' ? read(text, flag) : preset())];
    });
    return Object.fromEntries(await Promise.all(read));
  } catch (error) {
    failToGenerate((error as Error).message);
  }
}

function parseScale(text: string, flag: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`--${flag} must be a number above 0, not "${text}"`);
}

/** Says why nothing is written and ends the process. */
function failToGenerate(message: string): never {
  writeLines(process.stderr, [`generate: ${message}; --help shows the usage`]);
  process.exit(2);
}
