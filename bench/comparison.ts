import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LoadResult } from './load.ts';
import { loadCore, pinned, serverCore } from './machine.ts';
import { startServer } from './server-process.ts';
import type { Variant } from './variants.ts';

const execute = promisify(execFile);

type LoadOptions = { readonly seconds: number; readonly warmUpSeconds: number };

/** What one round measured for one variant. */
export type Round = LoadResult & {
  readonly readyMs: number;
  /** Processor time of the server process per request, over all its threads. */
  readonly cpuMicros: number;
  /** Share of its processor that the server used; for the rest it waited for the load generator. */
  readonly busy: number;
};

/** Connections of the load generator, each waiting for its answer before the next request. */
export const connections = 50;

/** Lets the load generator post to a server, as a separate process on its own processor. */
export async function load(url: string, seconds: number): Promise<LoadResult> {
  const program = new URL('load.ts', import.meta.url).pathname;
  const [file, ...args] = pinned(loadCore, [
    process.execPath,
    program,
    url,
    String(connections),
    String(seconds),
  ]);
  const { stdout } = await execute(file, args);
  return JSON.parse(stdout) as LoadResult;
}

/**
 * One round of one variant: a new process, warmed up, then measured.
 *
 * @throws Error if nothing was answered with 200
 */
async function measureRound(variant: Variant, { seconds, warmUpSeconds }: LoadOptions): Promise<Round> {
  const server = await startServer(variant.command, { core: serverCore, env: variant.env });
  try {
    await load(server.url, warmUpSeconds);
    const cpuBefore = server.cpuSeconds();
    const result = await load(server.url, seconds);
    const cpuSeconds = server.cpuSeconds() - cpuBefore;
    if (result.requests === 0) throw new Error(`${variant.key}: none of ${result.failed} requests got a 200`);
    return {
      ...result,
      readyMs: server.readyMs,
      cpuMicros: (cpuSeconds * 1e6) / result.requests,
      busy: cpuSeconds / seconds,
    };
  } finally {
    await server.stop();
  }
}

/**
 * Measures variants in turn, round by round, so that whatever else the machine does affects all of them; every other
 * round runs in reverse order.
 *
 * @returns the rounds of each variant, in the order given
 */
export async function compare(
  variants: readonly Variant[],
  { rounds, ...options }: LoadOptions & { rounds: number },
  onRound: (variant: Variant, round: Round, number: number) => void,
): Promise<Round[][]> {
  const results = variants.map((): Round[] => []);
  for (let number = 1; number <= rounds; number++) {
    const order = variants.map((_, i) => i);
    if (number % 2 === 0) order.reverse();
    for (const i of order) {
      const round = await measureRound(variants[i], options);
      results[i].push(round);
      onRound(variants[i], round, number);
    }
  }
  return results;
}
