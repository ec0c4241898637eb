import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Context } from 'mocha';

/** Where `name` stands on the PATH as an executable file, or undefined. */
export function findTool(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}

/**
 * Ends the current test as skipped, saying why; with `CI=true` a lack is a failure, so that a pipeline
 * can never be green for want of its tools.
 */
export function skipForLackOf(context: Context, lack: string): never {
  if (process.env.CI === 'true') throw new Error(`${lack}, and with CI=true nothing may be skipped`);
  const title = context.test?.fullTitle() ?? context.currentTest?.fullTitle() ?? 'a test';
  console.log(`      skipped: ${title}: ${lack}`);
  return context.skip();
}

/**
 * The path of a program that a test or a suite cannot do without: `requireTool(this, 'promtool')` in a
 * `function ()` test or hook. Missing: see {@link skipForLackOf}.
 */
export function requireTool(context: Context, name: string): string {
  return findTool(name) ?? skipForLackOf(context, `${name} is not on the PATH`);
}
