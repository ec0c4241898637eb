import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from './comparison.ts';
import { serverCore } from './machine.ts';
import { startServer } from './server-process.ts';
import type { Variant } from './variants.ts';

/** What `node --cpu-prof` writes, as far as it is used here. */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  /** Of the monotonic clock, in µs. */
  readonly startTime: number;
  readonly samples: readonly number[];
  /** µs from one sample to the next. */
  readonly timeDeltas: readonly number[];
};

/** The part of a request by the name of a function's file; the first match. */
const parts: readonly (readonly [part: string, url: RegExp])[] = [
  ['tracing', /\/node_modules\/(?:@opentelemetry|import-in-the-middle)\/|\/otel\/|\/context-manager\.ts$/],
  ['Koa and its router', /\/node_modules\/(?:koa|@koa|path-to-regexp|koa-compose)\//],
  ['the signed id', /\/src\/outcomes\//],
  ['log line and sample', /\/src\/samples\/|\/src\/telemetry\/(?:request-log|log-)|^node:(?:internal\/)?fs/],
  ['reading, parsing and checking the body', /\/src\/(?:http\/read-body|model\/validate-input)\.ts$/],
  ['scoring and counting', /\/src\/(?:model|monitor)\/|\/src\/telemetry\/http-metrics\.ts$/],
  ['handlers and answers', /\/src\//],
  // crypto belongs to whoever calls it
  ['Node’s HTTP, streams and timers', /^node:(?!internal\/crypto)/],
];
const garbageCollection = 'garbage collection';
const native = 'system calls and other native code';
/** Functions of Node that pass bytes to the system. */
const writes = /^(?:write(?:v|Buffer|Latin1String|Utf8String)|readStart)$/;

/**
 * The shares of the processor time in a window of a profile, by part of a request; they add up to 1. A function without
 * a file, such as `JSON.parse`, counts towards its caller.
 *
 * @param window from and to, in µs of the monotonic clock
 */
export function attribute(
  { nodes, startTime, samples, timeDeltas }: CpuProfile,
  window: { readonly fromMicros: number; readonly toMicros: number },
): Record<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const partOf = (id: number): string | undefined => {
    const { functionName, url } = byId.get(id)?.callFrame ?? { functionName: '(idle)', url: '' };
    if (functionName === '(idle)') return undefined;
    if (functionName === '(garbage collector)') return garbageCollection;
    if (url === '' && writes.test(functionName)) return native;
    const found = parts.find(([, form]) => form.test(url))?.[0];
    const parent = parents.get(id);
    return found ?? (parent === undefined ? native : partOf(parent));
  };
  const micros: Record<string, number> = {};
  let total = 0;
  let now = startTime;
  samples.forEach((id, i) => {
    now += timeDeltas[i];
    if (now < window.fromMicros || now > window.toMicros) return;
    const part = partOf(id);
    if (part === undefined) return;
    micros[part] = (micros[part] ?? 0) + timeDeltas[i];
    total += timeDeltas[i];
  });
  return Object.fromEntries(Object.entries(micros).map(([part, value]) => [part, value / total]));
}

/** How the processor time of a variant's main thread is spent under load, after a warm-up: shares by part. */
export async function measureProfile(
  { command: [program, ...args], env }: Variant,
  seconds: number,
  folder: string,
): Promise<Record<string, number>> {
  const profiled = [program, '--cpu-prof', `--cpu-prof-dir=${folder}`, ...args];
  const server = await startServer(profiled, { core: serverCore, env });
  const nowMicros = () => Number(process.hrtime.bigint() / 1000n);
  let window = { fromMicros: 0, toMicros: 0 };
  try {
    await load(server.url, seconds);
    const fromMicros = nowMicros();
    await load(server.url, seconds);
    window = { fromMicros, toMicros: nowMicros() };
  } finally {
    // the profile is only written if a process ends by itself
    await server.stop('SIGTERM');
  }
  const [name] = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile'));
  if (name === undefined) throw new Error(`${program} left no profile in ${folder}`);
  const path = join(folder, name);
  const profile = JSON.parse(await readFile(path, 'utf8')) as CpuProfile;
  await rm(path);
  return attribute(profile, window);
}
