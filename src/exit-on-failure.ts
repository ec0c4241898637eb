import { oneLine } from './text/one-line.ts';
import { writeLines } from './text/terminal.ts';

/** Runs a step of the start; if it throws, says why in one line and ends the process with exit code 1. */
export function exitOnFailure<Result>(step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    endWith(error);
  }
}

/** Adds to a failure of the start the settings that led to it. */
export async function named<Result>(settings: string, step: Promise<Result>): Promise<Result> {
  return await step.catch((error: Error) => {
    throw new Error(`${settings}: ${error.message}`, { cause: error });
  });
}

/** Says in one line why the start failed and ends the process with exit code 1. */
export function endWith(error: unknown): never {
  writeLines(process.stderr, [`vigia: cannot start: ${oneLine(error)}`]);
  process.exit(1);
}
