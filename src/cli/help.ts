import { formatCommand } from '../text/command-line.ts';
import { wrap } from '../text/wrap.ts';
import { type Command, commonStatuses, type Option } from './command.ts';
import { shownSetting } from './service-settings.ts';

/** A line has at most so many characters, however wide the terminal is: longer ones are hard to read. */
const widest = 100;
/** Options that need more room have their meaning on the next line. */
const widestName = 22;

/** An option as it is written: `--data FILE`. */
export function formatOption(name: string, { value, multiple }: Option): string {
  if (value === undefined) return `--${name}`;
  return `--${name} ${value}${multiple && !value.endsWith('…') ? '…' : ''}`;
}

/** The arguments that a command cannot do without, and that there are others. */
export function formatUsage({ name, options }: Command): string {
  const needed = Object.entries(options)
    .filter(([, { required }]) => required !== undefined)
    .map(([option, spec]) => formatOption(option, spec));
  const isAll = needed.length === Object.keys(options).length;
  return [`vigia ${name}`, ...needed, ...(isAll ? [] : ['[options]'])].join(' ');
}

/** What concerns several options. */
export function notesOf({ options, notes = [] }: Command): string[] {
  const isRepeated = Object.values(options).some(({ multiple }) => multiple);
  return [...(isRepeated ? ['An option with … may be given several times.'] : []), ...notes];
}

/** What an option means, and what it is by default. */
export function describeOption({ meaning }: Option, preset: string | undefined): string {
  return preset === undefined ? meaning : `${meaning} (default: ${preset})`;
}

/** The exit statuses of a command, the common ones with what it means by them. */
export function statusesOf({ statuses }: Command): [status: string, meaning: string][] {
  return Object.entries({ ...commonStatuses, ...statuses });
}

/** The help of a command, in lines of a terminal. */
export function commandHelp(command: Command, columns: number): string[] {
  const { about, options, examples, name } = command;
  const width = Math.min(columns, widest);
  const rows = Object.entries(options).map(([option, spec]): [string, string] => [
    formatOption(option, spec),
    describeOption(spec, shownDefault(spec)),
  ]);
  rows.push(['--help', 'print this text'], ['--version', 'print the version of Vigia']);
  return [
    ...wrap(`Usage: ${formatUsage(command)}`, width, '         '),
    ...about.flatMap((text) => ['', ...wrap(text, width, '')]),
    '',
    'Options:',
    ...listRows(rows, width),
    ...notesOf(command).flatMap((text) => ['', ...wrap(text, width, '')]),
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.flatMap(([args, what]) => [
      ...wrap(`  # ${what}`, width, '  # '),
      ...formatCommand(`vigia ${name} ${args}`.trim(), width - 2).map((line) => `  ${line}`),
    ]),
    '',
    'Exit status:',
    ...statusesOf(command).flatMap(([status, text]) =>
      wrap(`  ${status.padEnd(3)}  ${text}`, width, '       '),
    ),
  ];
}

/** The list of commands. */
export function overview(commands: readonly Command[], columns: number): string[] {
  const width = Math.min(columns, widest);
  return [
    'Usage: vigia COMMAND [options]',
    '',
    ...wrap(
      'Watches models that predict one of two classes from tables: drift, performance, and its own health.',
      width,
      '',
    ),
    '',
    'Commands:',
    ...listRows(
      commands.map(({ name, summary }) => [name, summary]),
      width,
    ),
    '',
    ...wrap(
      'vigia COMMAND --help explains a command, with examples; vigia --version prints the version.',
      width,
      '',
    ),
  ];
}

function shownDefault({ setting, default: preset }: Option): string | undefined {
  return setting === undefined ? preset : `${shownSetting(setting)}, from ${setting}`;
}

/** Names with their meanings beside them, or below those that are long. */
function listRows(rows: readonly (readonly [name: string, meaning: string])[], width: number): string[] {
  const column = Math.max(...rows.map(([name]) => name.length).filter((length) => length <= widestName)) + 4;
  return rows.flatMap(([name, meaning]) => {
    const indent = ' '.repeat(column);
    if (name.length <= widestName) return wrap(`${`  ${name}`.padEnd(column)}${meaning}`, width, indent);
    return [`  ${name}`, ...wrap(`${indent}${meaning}`, width, indent)];
  });
}
