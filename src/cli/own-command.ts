import { quoteWord } from '../text/command-line.ts';

/** The command that is running, in the way in which it was called, with more arguments, to be pasted into a shell. */
export function repeatCommand(more: readonly string[]): string {
  const [, , name, ...args] = process.argv;
  return [callOf(name), ...[...args, ...more].map(quoteWord)].join(' ');
}

/** How the command was called: through npm, through npx or by its name. */
function callOf(name: string): string {
  const { npm_lifecycle_event: script, npm_command: npmCommand } = process.env;
  if (script === name) return `npm run ${name} --`;
  return npmCommand === 'exec' ? `npx vigia ${name}` : `vigia ${name}`;
}
