import { quoteWord } from '../text/command-line.ts';

/**
 * How the running command is called, in the way in which it was: through npm, npx or by its name.
 *
 * @param env of the process
 */
function ownCommand(name: string, env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.npm_lifecycle_event === name) return `npm run ${name} --`;
  return env.npm_command === 'exec' ? `npx vigia ${name}` : `vigia ${name}`;
}

/** The command that is running, with more arguments, to be pasted into a shell. */
export function repeatCommand(more: readonly string[]): string {
  const [, , name, ...args] = process.argv;
  return [ownCommand(name), ...[...args, ...more].map(quoteWord)].join(' ');
}
