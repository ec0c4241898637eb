import { Agent, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { Row } from './request-features.ts';

/** The result for one row: a status and a body, or the code of the failure. */
export type Answer = {
  readonly url: URL;
  readonly row: Row;
  /** Milliseconds from the moment the request was due to its last byte. */
  readonly latencyMs: number;
} & (
  | { readonly status: number; readonly body: string; readonly failure: null }
  | { readonly status: null; readonly body: null; readonly failure: string }
);

export type SendOptions = {
  /** Base addresses, used in turn. */
  readonly urls: readonly URL[];
  /** The path of the model: `/predict`, or one with its name. */
  readonly path?: string;
  readonly ratePerSecond: number;
  /** When to stop: after a number of requests, after a time, or on the signal. */
  readonly count?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly signal: AbortSignal;
  readonly nextRow: () => Row;
  readonly onAnswer: (answer: Answer) => void;
};

export type Sent = {
  readonly sent: number;
  /** Requests that were due but could not be sent, as too many were waiting for their answer. */
  readonly overdue: number;
  readonly elapsedMs: number;
};

const maxInFlight = 1000;
const timeoutMs = 10_000;
/** Timers normally fire this late; anything later was delayed and counts as latency. */
const timerSlackMs = 5;

type Outcome = Pick<Answer, 'status' | 'body' | 'failure'>;

function post(url: URL, agent: Agent, payload: string): Promise<Outcome> {
  const send = url.protocol === 'https:' ? secureRequest : request;
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(payload),
    'user-agent': 'vigia-traffic',
  };
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => {
      resolve({ status: null, body: null, failure: error.code ?? error.message });
    };
    const outgoing = send(url, { method: 'POST', agent, headers, timeout: timeoutMs }, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        body += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body, failure: null }));
      incoming.on('error', fail);
    });
    outgoing.on('timeout', () =>
      outgoing.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    );
    outgoing.on('error', fail);
    outgoing.end(payload);
  });
}

/**
 * Posts rows to a model at a fixed rate, whether or not the answers keep up (an open loop: a slow service does not slow
 * its load down), over persistent connections. Resolves once every request sent has ended.
 */
export async function sendRequests(options: SendOptions): Promise<Sent> {
  const {
    urls,
    path = '/predict',
    ratePerSecond,
    count = Number.POSITIVE_INFINITY,
    signal,
    nextRow,
    onAnswer,
  } = options;
  const targets = urls.map((url) => ({
    url,
    endpoint: new URL(path.slice(1), url.href.endsWith('/') ? url : `${url.href}/`),
    agent: new (url.protocol === 'https:' ? SecureAgent : Agent)({ keepAlive: true }),
  }));
  const startedAt = performance.now();
  const endsAt = startedAt + (options.durationMs ?? Number.POSITIVE_INFINITY);
  const dueAt = (index: number) => startedAt + (index * 1000) / ratePerSecond;
  const inFlight = new Set<Promise<void>>();
  let sent = 0;

  const sendNext = (now: number) => {
    const { url, endpoint, agent } = targets[sent % targets.length];
    const from = now - dueAt(sent) > timerSlackMs ? dueAt(sent) : now;
    const row = nextRow();
    const done = post(endpoint, agent, JSON.stringify(row)).then((outcome) => {
      inFlight.delete(done);
      onAnswer({ url, row, latencyMs: performance.now() - from, ...outcome } as Answer);
    });
    inFlight.add(done);
    sent += 1;
  };

  let now = startedAt;
  while (!signal.aborted && sent < count && dueAt(sent) < endsAt) {
    while (sent < count && dueAt(sent) <= now && dueAt(sent) < endsAt && inFlight.size < maxInFlight) {
      sendNext(now);
    }
    if (sent >= count || now >= endsAt) break;
    const pauseMs = inFlight.size < maxInFlight ? Math.max(1, Math.min(dueAt(sent), endsAt) - now) : 1;
    await delay(Math.min(pauseMs, 2 ** 30), undefined, { signal }).catch(() => undefined);
    now = performance.now();
  }
  const stoppedAt = Math.min(now, endsAt);
  let due = sent;
  while (due < count && dueAt(due) < stoppedAt) due += 1;
  await Promise.all(inFlight);
  for (const { agent } of targets) agent.destroy();
  return { sent, overdue: due - sent, elapsedMs: stoppedAt - startedAt };
}
