import { setTimeout as delay } from 'node:timers/promises';
import { ErrorReply } from '@redis/client';
import { oneLine } from '../text/one-line.ts';
import { createRecurringFaults } from '../times/recurring-faults.ts';

const answerMs = 2_000;
/** For connecting, the handshake and the trial together. */
const connectMs = 3_000;
const maxReconnectMs = 2_000;
/** A connection lost sooner than this counts as failed: the next one is not made immediately. */
const steadyMs = 10_000;

/** What cannot be accepted without the store. */
const deferred = ['outcomes', 'observations with an Idempotency-Key'] as const;

/** What a connection needs from a Redis client. */
type Client = {
  on(event: 'error', listener: (error: Error) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
};

export type RedisConnection<OneClient extends Client> = {
  /**
   * Sends the commands of one call, which travel together in one pipeline.
   *
   * @throws Error if the store is unavailable, does not answer within 2 s, or answers any of them with an error
   */
  ask<Answer>(commands: (client: OneClient) => readonly Promise<Answer>[]): Promise<Answer[]>;
  close(): void;
};

/**
 * Keeps a connection to a store, in the background, until it is closed. A store that answers with an error is treated
 * like one that is gone: after a failover the old primary keeps its connections and answers writes with READONLY, while
 * a new connection to the same name reaches the new primary. So each error ends the connection, and the next one has to
 * pass a trial before it is used. If the trial passes but calls still fail, the delay between connections grows, too.
 *
 * @param create makes a client that does not reconnect by itself
 * @param options.tryOut does the same on a new connection as calls will do
 * @param options.onReady called when the store can be used, at first and after each outage
 * @param options.onProblem told in one line when the store is lost, why, and when it is back; each kind of reason once
 *   per outage, and at most five times a minute
 */
export function keepRedisConnection<OneClient extends Client>(
  create: () => OneClient,
  options: {
    readonly url: string;
    readonly tryOut: (client: OneClient) => readonly Promise<unknown>[];
    readonly onReady: () => void;
    readonly onProblem: (message: string) => void;
  },
): RedisConnection<OneClient> {
  const { tryOut, onReady, onProblem } = options;
  const url = new URL(options.url);
  const secrets = [url.password, decodeURIComponent(url.password)].filter(Boolean);
  const faults = createRecurringFaults();
  let current = create();
  let isReady = false;
  let readyMs = 0;
  let isClosed = false;
  /** Consecutive connections that could not be made, or did not last. */
  let failures = 0;
  connect();

  async function connect(): Promise<void> {
    for (;;) {
      if (failures > 0) {
        const pauseMs = Math.min(maxReconnectMs, 50 * 2 ** Math.min(failures, 10));
        await delay(pauseMs, undefined, { ref: false });
        if (isClosed) return;
        current = create();
      }
      const client = current;
      client.on('error', (error) => lose(client, error));
      try {
        const tried = client.connect().then(() => Promise.all(tryOut(client)));
        await inTime(tried, connectMs);
        break;
      } catch (error) {
        failures++;
        client.destroy();
        tell(error as Error);
      }
    }
    if (isClosed) return;
    isReady = true;
    readyMs = performance.now();
    if (faults.end()) onProblem(`${url.host}: is back: ${deferred.join(', and ')}, are accepted again`);
    onReady();
  }

  /** Ends a connection that was in use. Failures while one is being made are reported there. */
  function lose(client: OneClient, error: Error): void {
    if (client !== current || !isReady) return;
    isReady = false;
    failures = performance.now() - readyMs < steadyMs ? failures + 1 : 0;
    client.destroy();
    tell(error);
    if (failures === 0) current = create();
    connect();
  }

  function tell(error: Error): void {
    const kind = error instanceof ErrorReply ? error.message.split(' ', 1)[0] : 'connection';
    if (isClosed || !faults.begin(kind)) return;
    onProblem(
      `${url.host}: ${describe(error)}; ${deferred[0]} are deferred until it is back, and so are ${deferred[1]}`,
    );
  }

  /** A store that does not know a command repeats its arguments, and with HELLO the password. */
  function describe(error: Error): string {
    const { code } = error as NodeJS.ErrnoException;
    return secrets.reduce(
      (text, secret) => text.replaceAll(secret, '[redacted]'),
      oneLine(error) || code || error.name,
    );
  }

  return {
    async ask(commands) {
      const client = current;
      if (!isReady) throw new Error(`${url.host}: is unavailable`);
      try {
        return await inTime(allAnswers(commands(client)), answerMs);
      } catch (error) {
        lose(client, error as Error);
        throw error;
      }
    },
    close() {
      isClosed = true;
      isReady = false;
      current.destroy();
    },
  };
}

/**
 * Waits for all answers before the first error is thrown, because that ends the connection and with it all pending
 * calls.
 */
async function allAnswers<Answer>(commands: readonly Promise<Answer>[]): Promise<Answer[]> {
  await Promise.allSettled(commands);
  return Promise.all(commands);
}

/** A store that hangs is treated as down. */
async function inTime<Answer>(work: Promise<Answer>, ms: number): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
