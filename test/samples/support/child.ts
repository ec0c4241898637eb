import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Context } from 'mocha';
import { skipForLackOf } from '../../support/tools.ts';

/** The path of a program in test/samples/programs. */
export function program(name: string): string {
  return fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
}

/** Collects a stream's text; `said(part)` resolves once it has come, or rejects if the stream ends without it. */
export function listen(child: ChildProcess): { text: () => string; said: (part: string) => Promise<void> } {
  let text = '';
  let isOver = false;
  let onChange = () => {};
  child.stdout?.setEncoding('utf8').on('data', (data: string) => {
    text += data;
    onChange();
  });
  child.stdout?.on('close', () => {
    isOver = true;
    onChange();
  });
  return {
    text: () => text,
    said: (part) =>
      new Promise((resolve, reject) => {
        onChange = () => {
          if (text.includes(part)) resolve();
          else if (isOver) reject(new Error(`ended without saying ${part}: ${text}`));
        };
        onChange();
      }),
  };
}

/** Runs a command to its end and gives what it wrote; fails with its errors if its exit code is not 0. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    errors += data;
  });
  const output = listen(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${code}\n${errors}`);
  return output.text();
}

/**
 * The command that runs another in a mount namespace of its own, in which it may mount file systems that are gone with
 * it. If the machine does not allow that, see {@link skipForLackOf}.
 */
export async function mountLauncher(context: Context): Promise<readonly string[]> {
  const asRoot = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  const isAllowed = await run('unshare', [...asRoot, 'mount', '-t', 'tmpfs', 'none', '/mnt']).then(
    () => true,
    () => false,
  );
  if (isAllowed) return ['unshare', ...asRoot];
  return skipForLackOf(context, 'this user may not mount a file system');
}

/** Runs a program of test/samples/programs where it may mount file systems (see `mountLauncher`). */
export async function runWithMounts(
  context: Context,
  name: string,
  args: readonly string[],
): Promise<unknown> {
  const [command, ...options] = await mountLauncher(context);
  return JSON.parse(await run(command, [...options, process.execPath, program(name), ...args]));
}
