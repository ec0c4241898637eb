import { inspect } from 'node:util';
import { writeLines } from '../text/terminal.ts';

/** Wrong use of a command: an unknown option, a value that makes no sense. Ends it with status 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

function isUsageError(error: unknown): boolean {
  if (error instanceof UsageError) return true;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS_');
}

/** A fault in the program itself, whose stack helps more than one line does. */
function isBug(error: unknown): boolean {
  return !(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError;
}

/**
 * Runs a program. What it throws becomes one line on stderr and the exit status: 2 for wrong usage (`UsageError`, or an
 * error of `parseArgs`), 1 for every other failure.
 *
 * @param hint is added to messages about wrong usage
 * @param main gives the exit status
 */
export async function runProgram(hint: string, main: () => Promise<number>): Promise<void> {
  // The reader of a pipe may stop early (`… | head`): that is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  try {
    process.exitCode = await main();
  } catch (error) {
    const usage = isUsageError(error);
    if (!usage && isBug(error)) {
      writeLines(process.stderr, inspect(error).split('\n'));
    } else {
      const message = (error as Error).message.replaceAll(/\s*\n\s*/g, ' ');
      writeLines(process.stderr, [usage ? `${message} (${hint})` : message]);
    }
    process.exitCode = usage ? 2 : 1;
  }
}

/**
 * Runs a development program that is not a command of `vigia`. With `--help` among the arguments it prints its help.
 *
 * @param main gets the arguments and gives the exit status
 */
export async function runCli(help: () => string, main: (args: string[]) => Promise<number>): Promise<void> {
  await runProgram('--help lists the options', async () => {
    const args = process.argv.slice(2);
    if (!args.includes('--help')) return main(args);
    writeLines(process.stdout, help().trimEnd().split('\n'));
    return 0;
  });
}
