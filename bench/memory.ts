import { load } from './comparison.ts';
import { serverCore } from './machine.ts';
import { startServer } from './server-process.ts';
import type { Variant } from './variants.ts';

/** Memory of a server under load, from its start on. */
export type MemoryCourse = {
  /** Before the first request, in MB (10^6 bytes). */
  readonly idleMegabytes: number;
  /** After each slice of load. */
  readonly megabytes: readonly number[];
  readonly sliceSeconds: number;
};

export const sliceSeconds = 10;

/** Puts load on a new process in slices of ten seconds, and records its memory after each. */
export async function measureMemory(variant: Variant, slices: number): Promise<MemoryCourse> {
  const server = await startServer(variant.command, { core: serverCore, env: variant.env });
  try {
    const idleMegabytes = server.rssMegabytes();
    const megabytes: number[] = [];
    for (let i = 0; i < slices; i++) {
      await load(server.url, sliceSeconds);
      megabytes.push(server.rssMegabytes());
    }
    return { idleMegabytes, megabytes, sliceSeconds };
  } finally {
    await server.stop();
  }
}
