import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export const root = new URL('../..', import.meta.url).pathname;

export type TestService = {
  readonly api: string;
  readonly admin: string;
  /** Its own folder, removed by `stop`. */
  readonly folder: string;
  readonly samplesPath: string;
  readonly outcomesPath: string;
  readonly process: ChildProcess;
  /** What it has written to standard error so far. */
  stderr(): string;
  /** The log lines so far, parsed. */
  logLines(): Record<string, unknown>[];
  /** Sends a signal and waits for the end; returns the exit code and the signal. */
  signal(name: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }>;
  /** Ends it if it still runs, and removes its folder. */
  stop(): Promise<void>;
};

const left = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of left) child.kill('SIGKILL');
});

/** Allows this process to end before its child, which then ends, too: a failed test may have left it behind. */
function letGo(child: ChildProcess): void {
  left.add(child);
  child.once('exit', () => left.delete(child));
  for (const handle of [child, child.stdout, child.stderr]) (handle as ChildProcess | Socket).unref();
}

/**
 * Starts the real service in a separate process, on free ports, as `npm start` does.
 *
 * @param folder within the system's folder for temporary files
 * @param launcher a command that replaces itself with the one it is given: `['sh', '-c', 'ulimit -f 64; exec "$@"',
 * 'sh']`
 */
export async function startTestService(
  env: Record<string, string> = {},
  folder?: string,
  launcher: readonly string[] = [],
): Promise<TestService> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'vigia-')));
  // `stop` deletes it with all that is in it
  if (!home.startsWith(tmpdir() + sep)) throw new RangeError(`${home} is not in ${tmpdir()}`);
  const samplesPath = join(home, 'input_samples.jsonl');
  const outcomesPath = join(home, 'outcomes.jsonl');
  const command = [...launcher, process.execPath, '--import', './otel/register.ts', 'src/server.ts'];
  const child = spawn(command[0], command.slice(1), {
    cwd: root,
    env: {
      ...process.env,
      PORT: '0',
      ADMIN_PORT: '0',
      SAMPLES_PATH: samplesPath,
      OUTCOMES_PATH: outcomesPath,
      // a busy machine may delay a process; load shedding and the time limit of a stop have tests of their own
      MAX_EVENT_LOOP_DELAY_MS: '5000',
      SHUTDOWN_TIMEOUT_MS: '20000',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  // not `exit`: its last output may not have arrived by then
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  letGo(child);
  const ready = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (stderr.includes('Try      curl')) resolve();
    });
  });
  await Promise.race([
    ready,
    closed.then(([code]) => {
      throw new Error(`the service ended with ${code}: ${stderr}`);
    }),
  ]).catch(async (error) => {
    if (folder === undefined) await rm(home, { recursive: true, force: true });
    throw error;
  });
  const url = (name: string) => new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(stderr)?.[1] ?? '';
  return {
    api: url('API'),
    admin: url('Admin'),
    folder: home,
    samplesPath,
    outcomesPath,
    process: child,
    stderr: () => stderr,
    logLines: () =>
      stdout
        // what follows is not yet a line
        .slice(0, stdout.lastIndexOf('\n') + 1)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    async signal(name) {
      child.kill(name);
      const [code, signal] = await closed;
      return { code, signal };
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      // a test may have stopped reading
      child.stdout.resume();
      await closed;
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Sends JSON and returns the status, the headers and the parsed body. */
export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: any }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Tries until there is a result, or fails after the time allowed with the last error. */
export async function eventually<Result>(
  attempt: () => Promise<Result> | Result,
  timeoutMs = 30_000,
): Promise<Result> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await delay(20);
    }
  }
}

/** The lines of a JSONL file. */
export async function readJsonLines(path: string): Promise<any[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** One series of a Prometheus exposition: its value, or undefined if there is none with exactly these labels. */
export function seriesValue(
  text: string,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
    const end = line.lastIndexOf(' ');
    const head = line.slice(0, end);
    // a label's name may be the end of another label's name
    if (wanted.every((label) => head.includes(`{${label}`) || head.includes(`,${label}`)))
      return Number(line.slice(end + 1));
  }
  return undefined;
}
