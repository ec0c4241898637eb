import { type Connection, openConnection, type Reply } from '../support/connection.ts';
import type { TestService } from '../support/service.ts';
import type { Scrape } from './history.ts';
import type { Slot } from './plan.ts';
import { parseExposition } from './prometheus.ts';
import type { Recorder } from './recorder.ts';

/** Where one process after the other runs. */
export type ProcessSlot = {
  /** The process that runs, or the next one once it has started. */
  current(): Promise<RunningProcess>;
  start(step: number): Promise<void>;
  /** Ends the process, whatever is under way, and starts the next one. */
  replace(step: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  stop(step: number): Promise<void>;
  /** Ends what may still run, outside of the history. */
  kill(): Promise<void>;
};

export type RunningProcess = {
  readonly name: string;
  post(path: '/predict' | '/outcomes', body: string): Promise<Reply>;
  /** Scrapes it, as Prometheus does: one scrape at a time. */
  scrape(step: number): Promise<Scrape>;
};

/** @param launch starts the next process of the slot */
export function createSlot(slot: Slot, launch: () => Promise<TestService>, recorder: Recorder): ProcessSlot {
  let count = 0;
  let service: TestService | undefined;
  let running: Promise<RunningProcess> | undefined;
  let close = () => {};

  async function current(): Promise<RunningProcess> {
    if (running === undefined) throw new Error(`${slot} has not been started`);
    return running;
  }

  async function open(step: number): Promise<RunningProcess> {
    const name = `${slot}${++count}`;
    const start = recorder.begin<'start'>({ kind: 'start', step, process: name });
    const launched = await launch();
    service = launched;
    recorder.end(start);
    const pool = createPool();
    close = pool.close;
    const { api, admin } = launched;
    let scraping: Promise<unknown> = Promise.resolve();
    return {
      name,
      post: (path, body) => pool.send(path === '/predict' ? api : admin, postRequest(path, body)),
      scrape(step) {
        const scraped = scraping.then(() => scrape(step, name, () => pool.send(admin, getMetrics)));
        scraping = scraped;
        return scraped;
      },
    };
  }

  async function scrape(step: number, process: string, ask: () => Promise<Reply>): Promise<Scrape> {
    const operation = recorder.begin<'scrape'>({ kind: 'scrape', step, process });
    try {
      const { status, text, head } = await ask();
      const exposition = status === 200 ? { exposition: parseExposition(text) } : {};
      operation.answer = { status, retryAfter: retryAfterOf(head), ...exposition };
    } catch (error) {
      operation.error = errorCode(error);
    }
    recorder.end(operation);
    return operation;
  }

  async function end(process: string, step: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const operation = recorder.begin<'end'>({ kind: 'end', step, process, signal });
    const ended = await service?.signal(signal);
    operation.code = ended?.code ?? null;
    recorder.end(operation);
    service = undefined;
    close();
  }

  return {
    current,
    async start(step) {
      running = open(step);
      await running;
    },
    async replace(step, signal) {
      // immediately, as the next end may be requested before this one
      running = current()
        .then(({ name }) => end(name, step, signal))
        .then(() => open(step));
      await running;
    },
    async stop(step) {
      await end((await current()).name, step, 'SIGTERM');
    },
    async kill() {
      await running?.catch(() => {});
      await service?.signal('SIGKILL');
      close();
    },
  };
}

const getMetrics = 'GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n';

function postRequest(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export function retryAfterOf(head: string): string | undefined {
  return /\nretry-after: ([^\r\n]*)/.exec(head)?.[1];
}

export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** Connections that are kept, as many as there are requests at a time. */
function createPool() {
  const idle = new Map<string, Connection[]>();
  const all = new Set<Connection>();
  return {
    async send(url: string, request: string): Promise<Reply> {
      const connections = idle.get(url) ?? [];
      idle.set(url, connections);
      const connection = connections.pop() ?? openConnection(url);
      all.add(connection);
      try {
        return await connection.send(request);
      } finally {
        connections.push(connection);
      }
    },
    close() {
      for (const connection of all) connection.close();
    },
  };
}
