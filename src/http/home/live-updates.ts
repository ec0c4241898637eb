import type { ServerResponse } from 'node:http';

/** So many pages are kept up to date at a time, of all models. */
export const maxPages = 32;
/** At least so long lies between two updates; more where they take long to compute. */
const intervalMs = 2_000;
/** Updates take at most this share of the time of the process. */
const maxShare = 0.05;
/** A line is sent after so long without an update, so that a client that has gone is noticed. */
const heartbeatMs = 15_000;
/** How long a browser waits before it connects again. */
const retryMs = 3_000;

/** Keeps open pages up to date, by server-sent events. */
export type LiveUpdates = {
  /** How many there are; `maxPages` at most. */
  readonly pages: number;
  /** Sends what the page of a model shows, now and each time that it has changed, until the client goes away. */
  add(response: ServerResponse, model: string): Promise<void>;
  /** Ends all of them. */
  close(): void;
};

type Client = { readonly response: ServerResponse; readonly model: string; sent: string; sentMs: number };

/**
 * However many pages show a model, an update of it is computed once, and nothing is while no page is open. A client that
 * has not taken its last update gets the next one that comes after it has: what waits for it does not grow, and those that
 * take nothing are ended as other slow readers are.
 *
 * @param render what the page of a model shows; `undefined` if there is no such model any more
 * @param onError told why an update cannot be computed, once until one can be again: browsers ask again every few seconds
 */
export function createLiveUpdates(
  render: (model: string) => Promise<string | undefined>,
  onError: (error: unknown) => void,
): LiveUpdates {
  const clients = new Set<Client>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let hasFailed = false;

  async function update(): Promise<void> {
    const startedMs = performance.now();
    for (const [model, members] of Map.groupBy(clients, (client) => client.model)) {
      const text = await rendered(model);
      for (const client of members) send(client, text);
    }
    timer = undefined;
    schedule(performance.now() - startedMs);
  }

  function schedule(tookMs: number): void {
    if (clients.size === 0 || timer !== undefined || isClosed) return;
    timer = setTimeout(update, Math.max(intervalMs, tookMs / maxShare)).unref();
  }

  async function rendered(model: string): Promise<string | undefined> {
    try {
      const text = await render(model);
      hasFailed = false;
      return text;
    } catch (error) {
      if (!hasFailed) onError(error);
      hasFailed = true;
      return undefined;
    }
  }

  /** @param text `undefined` where there is nothing to show any more */
  function send(client: Client, text: string | undefined): void {
    const { response } = client;
    if (response.destroyed || response.writableEnded) return;
    if (text === undefined) {
      response.end();
      return;
    }
    if (response.writableLength > 0) return;
    const nowMs = performance.now();
    if (text !== client.sent) response.write(eventOf(text));
    else if (nowMs - client.sentMs < heartbeatMs) return;
    else response.write(':\n\n');
    client.sent = text;
    client.sentMs = nowMs;
  }

  return {
    get pages() {
      return clients.size;
    },
    async add(response, model) {
      // its place is taken while its first update is computed
      const client: Client = { response, model, sent: '', sentMs: performance.now() };
      if (isClosed || response.destroyed || clients.size >= maxPages) {
        response.end();
        return;
      }
      clients.add(client);
      // a client that has closed its half would count until a write fails
      response.socket?.once('end', () => response.destroy());
      response.once('close', () => clients.delete(client));
      response.flushHeaders();
      const text = await rendered(model);
      if (client.sent === '') send(client, text);
      schedule(0);
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const { response } of clients) response.end();
    },
  };
}

function eventOf(text: string): string {
  return `retry: ${retryMs}\n${text
    .trimEnd()
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('')}\n`;
}
