import { settings } from '../settings/config.ts';
import type { Setting } from '../settings/setting-types.ts';
import type { Command, Option } from './command.ts';
import { describeOption, formatOption, formatUsage, notesOf, statusesOf } from './help.ts';
import { table } from './markdown-table.ts';

/** Markdown of all commands, from the tables that parsing and `--help` go by. */
export function commandsReference(commands: readonly Command[]): string {
  return commands.map(section).join('\n\n');
}

function section(command: Command): string {
  const { name, about, options, examples } = command;
  const rows = Object.entries(options).map(([option, spec]) => [
    `\`${formatOption(option, spec)}\``,
    describeOption(spec, presetOf(spec)),
  ]);
  const code = examples.map(([args, what]) => `# ${what}\nvigia ${name} ${args}`.trimEnd());
  return [
    `## vigia ${name}`,
    `\`${formatUsage(command)}\``,
    ...about,
    ...(rows.length > 0 ? [table(['option', 'meaning'], rows)] : []),
    ...notesOf(command),
    `\`\`\`sh\n${code.join('\n')}\n\`\`\``,
    table(['status', 'meaning'], statusesOf(command)),
  ].join('\n\n');
}

function presetOf({ setting, default: preset }: Option): string | undefined {
  if (setting === undefined) return preset;
  const unset = (settings[setting] as Setting).default;
  return unset === undefined ? `\`${setting}\`` : `\`${setting}\`, \`${unset}\` if unset`;
}
