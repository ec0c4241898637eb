import { parseArgs } from 'node:util';
import { didYouMean } from '../text/did-you-mean.ts';
import type { Options, Values } from './command.ts';
import { UsageError } from './run-cli.ts';

/**
 * Reads the arguments of a command.
 *
 * @throws UsageError for an option that the command does not have, one without its value, and one that is missing
 */
export function parseOptions<Of extends Options>(options: Of, args: readonly string[]): Values<Of> {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', multiple: true } as const,
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const found = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new UsageError(`'${token.value}' belongs to no option`);
    const { name, rawName, value, inlineValue } = token;
    if (!Object.hasOwn(options, name) || !rawName.startsWith('--')) {
      throw new UsageError(`there is no option ${rawName}${didYouMean(name, Object.keys(options), '--')}`);
    }
    const placeholder = options[name].value;
    if (placeholder === undefined && value !== undefined) {
      throw new UsageError(`--${name} takes no value, and is given '${value}'`);
    }
    if (placeholder !== undefined && (value === undefined || isOption(value, inlineValue))) {
      const hint = value === undefined ? '' : `: write --${name}=${value} if ${value} is meant as the value`;
      throw new UsageError(`--${name} needs a value, ${placeholder}${hint}`);
    }
    found.set(name, [...(found.get(name) ?? []), value ?? '']);
  }
  const entries = Object.entries(options).map(([name, { value, multiple, required }]) => {
    const given = found.get(name);
    if (given === undefined && required !== undefined)
      throw new UsageError(`--${name} is needed: ${required}`);
    if (value === undefined) return [name, given !== undefined];
    return [name, multiple ? given : given?.at(-1)];
  });
  return Object.fromEntries(entries) as Values<Of>;
}

/** Whether what stands where a value should is probably the next option; `-` alone is standard input. */
function isOption(value: string, isInline: boolean | undefined): boolean {
  return isInline !== true && /^-\D/.test(value);
}
