import { randomUUID } from 'node:crypto';
import { createClient, defineScript } from '@redis/client';
import { type ClaimState, claimMs, type SharedMemory } from './shared-memory.ts';

const answerMs = 2_000;
const connectMs = 1_000;
const maxReconnectMs = 2_000;
const confirmed = 'confirmed';
const outcomeKey = (key: bigint) => `vigia:outcome:${key.toString(16)}`;
const modelKey = (digest: string) => `vigia:model:${digest}`;

/** A claim that ended without anyone else taking it is still good. */
const confirm = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
return 1`,
  parseCommand(parser, key: string, claimant: string, forgetAtMs: number) {
    parser.pushKey(key);
    parser.push(claimant, confirmed, String(forgetAtMs));
  },
  transformReply: (reply: unknown) => reply === 1,
});

/**
 * Opens the memory in Redis or Valkey. The connection is made, and made again, in the background; commands of one call
 * travel together in one pipeline.
 *
 * @param maxAgeMs how long a published model is kept after it was last in use
 * @param onProblem told in one line when the store is lost, and when it is back
 */
export function openSharedMemory(
  url: string,
  { maxAgeMs, onProblem }: { maxAgeMs: number; onProblem: (message: string) => void },
): SharedMemory {
  const claimant = randomUUID();
  const client = createClient({
    url,
    disableOfflineQueue: true,
    scripts: { confirm },
    socket: {
      connectTimeout: connectMs,
      reconnectStrategy: (retries) => Math.min(maxReconnectMs, 50 * 2 ** Math.min(retries, 10)),
    },
  });
  const { host } = new URL(url);
  const published = new Map<string, string>();
  let isLost = false;
  client.on('error', (error: Error) => {
    if (isLost) return;
    isLost = true;
    onProblem(`${host}: ${error.message || error.name}; outcomes are deferred until it is back`);
  });
  client.on('ready', () => {
    if (isLost) onProblem(`${host}: connected again`);
    isLost = false;
    for (const digest of published.keys()) publish(digest);
  });
  client.connect().catch(() => {});

  function publish(digest: string): void {
    const expiration = { type: 'PX', value: Math.ceil(maxAgeMs) } as const;
    // without an answer it is published when the store comes back
    client.set(modelKey(digest), published.get(digest) ?? '', { expiration }).catch(() => {});
  }

  async function claim(keys: readonly bigint[]): Promise<ClaimState[]> {
    const names = keys.map(outcomeKey);
    const set = await inTime(
      names.map((name) =>
        client.set(name, claimant, { condition: 'NX', expiration: { type: 'PX', value: claimMs } }),
      ),
    );
    const taken = names.filter((_, i) => set[i] === null);
    const holders = await inTime(taken.map((name) => client.get(name)));
    const holderOf = new Map(taken.map((name, i) => [name, holders[i]]));
    return names.map((name) => {
      const holder = holderOf.get(name);
      if (holder === undefined || holder === claimant) return 'claimed';
      return holder === confirmed ? 'confirmed' : 'pending';
    });
  }

  return {
    claim,
    confirm: (keys, forgetAtMs) =>
      inTime(keys.map((key, i) => client.confirm(outcomeKey(key), claimant, Math.ceil(forgetAtMs[i])))),
    publishModel(digest, text) {
      published.set(digest, text);
      if (client.isReady) publish(digest);
    },
    async getModel(digest) {
      const [text] = await inTime([client.get(modelKey(digest))]);
      return text;
    },
    async close() {
      client.destroy();
    },
  };
}

/** A store that hangs is one that is down. */
async function inTime<Answer>(commands: readonly Promise<Answer>[]): Promise<Answer[]> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${answerMs} ms`)), answerMs);
  try {
    return await Promise.race([Promise.all(commands), promise]);
  } finally {
    clearTimeout(timer);
  }
}
