import { randomUUID } from 'node:crypto';
import { createClient, defineScript } from '@redis/client';
import { keepRedisConnection } from './redis-connection.ts';
import {
  type BatchClaim,
  batchClaimMs,
  batchKeptMs,
  type ClaimState,
  claimMs,
  type SharedStore,
} from './shared-store.ts';

/** The value of a confirmed claim, followed by the name of the replica that counts the outcome. */
const confirmed = 'confirmed';
const confirmedBy = (owner: string) => `${confirmed} ${owner}`;
const outcomeKey = (key: bigint) => `vigia:outcome:${key.toString(16)}`;
const batchKey = (digest: string) => `vigia:batch:${digest}`;
const modelKey = (digest: string) => `vigia:model:${digest}`;
/**
 * The trial keys share the prefixes of the real ones, because a user of the store may be allowed some and not others.
 */
const trialKeys = (claimant: string) => ({
  outcome: `vigia:outcome:trial:${claimant}`,
  batch: batchKey(`trial:${claimant}`),
  model: `vigia:model:trial:${claimant}`,
});

const batchPending = (claimant: string, body: string) => `pending ${claimant} ${body}`;

/** A claim that expired without anyone else taking it is still valid, and so is one that has been confirmed before. */
const confirm = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] and holder ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
return 1`,
  parseCommand(parser, key: string, claimant: string, forgetAtMs: number, owner: string) {
    parser.pushKey(key);
    parser.push(claimant, confirmedBy(owner), String(forgetAtMs));
  },
  transformReply: (reply: unknown) => reply === 1,
});

/**
 * Opens the store in Redis or Valkey. The connection is made, and made again, in the background.
 *
 * @param owner the name under which outcomes are claimed and confirmed; it outlives the process
 * @param owners the names of earlier processes whose outcomes this one counts; may change
 * @param maxAgeMs how long a published model is kept after it was last in use
 * @param onProblem told in one line when the store is lost, why, and when it is back
 */
export function openSharedStore(
  url: string,
  options: {
    readonly owner: string;
    readonly owners?: ReadonlySet<string>;
    readonly maxAgeMs: number;
    readonly onProblem: (message: string) => void;
  },
): SharedStore {
  const { owner: claimant, owners = new Set(), maxAgeMs, onProblem } = options;
  const isOurs = (holder: string) => [claimant, ...owners].some((name) => holder === confirmedBy(name));
  // random for each process: two with the same name must not collide in their trials
  const trial = trialKeys(randomUUID());
  const published = new Map<string, string>();
  const { ask, close } = keepRedisConnection(() => createStoreClient(url), {
    url,
    // everything that calls do, on separate keys
    tryOut: (client) => [
      setClaim(client, trial.outcome, claimant),
      client.get(trial.outcome),
      setClaim(client, trial.batch, claimant),
      client.get(trial.batch),
      client.confirm(trial.outcome, claimant, Date.now() + claimMs, claimant),
      client.set(trial.model, '', { expiration: { type: 'PX', value: claimMs } }),
      client.get(trial.model),
    ],
    onReady: () => publish([...published.keys()]),
    onProblem,
  });

  function publish(digests: readonly string[]): void {
    const expiration = { type: 'PX', value: Math.ceil(maxAgeMs) } as const;
    // if there is no answer, they are published when the store is back
    ask((client) =>
      digests.map((digest) => client.set(modelKey(digest), published.get(digest) ?? '', { expiration })),
    ).catch(() => {});
  }

  async function claim(keys: readonly bigint[]): Promise<ClaimState[]> {
    const names = keys.map(outcomeKey);
    const set = await ask((client) => names.map((name) => setClaim(client, name, claimant)));
    const taken = names.filter((_, i) => set[i] === null);
    const holders = await ask((client) => taken.map((name) => client.get(name)));
    const holderOf = new Map(taken.map((name, i) => [name, holders[i]]));
    return names.map((name) => {
      const holder = holderOf.get(name);
      if (holder === undefined || holder === claimant) return 'claimed';
      if (holder !== null && isOurs(holder)) return 'own';
      return holder?.startsWith(confirmed) ? 'confirmed' : 'pending';
    });
  }

  async function claimBatch({ key, body }: { key: string; body: string }): Promise<BatchClaim> {
    const name = batchKey(key);
    const [set] = await ask((client) => [setClaim(client, name, batchPending(claimant, body), batchClaimMs)]);
    if (set !== null) return 'claimed';
    const [holder] = await ask((client) => [client.get(name)]);
    if (holder === null) return 'pending';
    const [state, who, digest, accepted, invalid] = holder.split(' ');
    if (digest !== body) return 'differs';
    if (state === 'done') return { accepted: Number(accepted), invalid: Number(invalid) };
    // left by a process that ended, or an attempt that failed
    return who === claimant ? 'claimed' : 'pending';
  }

  return {
    claim,
    claimBatch,
    async settleBatch({ key, body }, { accepted, invalid }) {
      const value = `done ${claimant} ${body} ${accepted} ${invalid}`;
      await ask((client) => [
        client.set(batchKey(key), value, { expiration: { type: 'PX', value: batchKeptMs } }),
      ]);
    },
    confirm: (keys, forgetAtMs, owners) =>
      ask((client) =>
        keys.map((key, i) =>
          client.confirm(outcomeKey(key), claimant, Math.ceil(forgetAtMs[i]), owners?.[i] ?? claimant),
        ),
      ),
    publishModel(digest, text) {
      published.set(digest, text);
      publish([digest]);
    },
    forgetModel(digest) {
      published.delete(digest);
    },
    async getModel(digest) {
      const [text] = await ask((client) => [client.get(modelKey(digest))]);
      return text;
    },
    async close() {
      close();
    },
  };
}

function createStoreClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    scripts: { confirm },
    socket: { reconnectStrategy: false },
  });
}

function setClaim(
  client: ReturnType<typeof createStoreClient>,
  name: string,
  claim: string,
  forMs: number = claimMs,
) {
  return client.set(name, claim, { condition: 'NX', expiration: { type: 'PX', value: forMs } });
}
