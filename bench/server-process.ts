import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinned } from './machine.ts';

/** A program under measurement, in its own process and folder. */
export type ServerProcess = {
  readonly url: string;
  /** Its own, with what it writes to standard output in the file `stdout`; removed by `stop`. */
  readonly folder: string;
  /** Milliseconds from its start until it announced its address. */
  readonly readyMs: number;
  /** Processor time it has used so far, user and system, all its threads; in steps of 10 ms. */
  cpuSeconds(): number;
  /** Resident memory, in MB (10^6 bytes). */
  rssMegabytes(): number;
  /** Ends it, immediately or gracefully, and removes its folder. */
  stop(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
};

const ticksPerSecond = 100;
const readyTimeoutMs = 30_000;

/**
 * Starts a server that announces itself with `API http://…` on standard error. `{folder}` in the values of `env`
 * stands for its own folder; what it writes to standard output goes to a file there.
 *
 * @throws Error with its output, if it ends or announces nothing in time
 */
export async function startServer(
  command: readonly string[],
  { core, env = {} }: { core: number; env?: Readonly<Record<string, string>> },
): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const output = await open(join(folder, 'stdout'), 'w');
  const [program, ...args] = pinned(core, command);
  const variables = Object.entries(env).map(([name, value]) => [name, value.replaceAll('{folder}', folder)]);
  const startedMs = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...Object.fromEntries(variables) },
    stdio: ['ignore', output.fd, 'pipe'],
  });
  try {
    const url = await announcedUrl(child);
    const readyMs = performance.now() - startedMs;
    const read = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
    return {
      url,
      folder,
      readyMs,
      cpuSeconds() {
        // the name of the program, in brackets, may contain spaces
        const fields = read('stat').split(') ')[1].split(' ');
        return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
      },
      rssMegabytes: () => (Number(/^VmRSS:\s+(\d+) kB$/m.exec(read('status'))?.[1]) * 1024) / 1e6,
      stop: (signal = 'SIGKILL') => end(child, output, folder, signal),
    };
  } catch (error) {
    await end(child, output, folder, 'SIGKILL');
    throw error;
  }
}

function announcedUrl(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  const fail = () => reject(new Error(`${child.spawnargs.join(' ')} does not serve: ${said.trim()}`));
  const timer = setTimeout(fail, readyTimeoutMs);
  child.once('error', reject);
  child.once('exit', fail);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    const url = /^API\s+(http:\/\/\S+)/m.exec(said)?.[1];
    if (url) resolve(url);
  });
  return promise.finally(() => {
    clearTimeout(timer);
    child.off('exit', fail);
  });
}

async function end(
  child: ChildProcess,
  output: FileHandle,
  folder: string,
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.kill(signal)) await once(child, 'exit');
  await output.close();
  await rm(folder, { recursive: true, force: true });
}
