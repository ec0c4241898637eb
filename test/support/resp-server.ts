import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/**
 * The store's answer to a command on one of its connections, which are numbered from 1: RESP3, `silence` for no answer
 * at all, or undefined for the answer of a working store.
 */
export type Behaviour = (
  command: readonly string[],
  connection: number,
) => string | typeof silence | undefined;
export const silence = Symbol('silence');

export type RespServer = {
  readonly url: string;
  readonly host: string;
  behave: Behaviour;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Those that are open now. */
  readonly open: number;
  close(): Promise<void>;
};

/** A store that behaves as a test wants. It knows the commands that replicas use. */
export async function startRespServer(): Promise<RespServer> {
  const values = new Map<string, string>();
  const sockets = new Set<Socket>();
  let connections = 0;

  function answer([name, key, ...rest]: readonly string[]): string {
    if (name === 'HELLO') return '%1\r\n+proto\r\n:3\r\n';
    if (name === 'GET') {
      const value = values.get(key);
      return value === undefined ? '_\r\n' : bulk(value);
    }
    if (name === 'SET') {
      if (rest.includes('NX') && values.has(key)) return '_\r\n';
      values.set(key, rest[0]);
    }
    if (name === 'EVAL' || name === 'EVALSHA') {
      // script, number of keys, key, claimant, what is to stand there
      const [, confirmedKey, claimant, confirmed] = rest;
      if ((values.get(confirmedKey) ?? claimant) !== claimant) return ':0\r\n';
      values.set(confirmedKey, confirmed);
      return ':1\r\n';
    }
    return '+OK\r\n';
  }

  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    let buffered = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      buffered += text;
      for (;;) {
        const found = readCommand(buffered);
        if (found === undefined) return;
        buffered = buffered.slice(found.length);
        const command = [found.words[0].toUpperCase(), ...found.words.slice(1)];
        const said = store.behave(command, connection) ?? answer(command);
        if (said !== silence) socket.write(said, 'latin1');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store: RespServer = {
    url: `redis://${host}`,
    host,
    behave: () => undefined,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return store;
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** The first complete command, an array of bulk strings; undefined while there is none. */
function readCommand(text: string): { words: string[]; length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return undefined;
  let length = head[0].length;
  const words: string[] = [];
  for (let i = 0; i < Number(head[1]); i++) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(length, length + 20));
    if (size === null) return undefined;
    const start = length + size[0].length;
    const end = start + Number(size[1]);
    if (text.length < end + 2) return undefined;
    words.push(text.slice(start, end));
    length = end + 2;
  }
  return { words, length };
}
