import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../support/free-port.ts';

/** A way to a store that can be cut (`gone`) or blocked (`hangs`). */
export type FlakyStore = {
  readonly url: string;
  set(state: 'gone' | 'hangs' | 'back'): Promise<void>;
  close(): void;
};

/** Opens a port that hands everything on to the store's. */
export async function openFlakyStore(storePort: number): Promise<FlakyStore> {
  const sockets = new Set<Socket>();
  let isBlocked = false;
  const server = createServer((client) => {
    const store = connect(storePort, '127.0.0.1');
    for (const [from, to] of [
      [client, store],
      [store, client],
    ]) {
      sockets.add(from);
      if (isBlocked) from.pause();
      from.on('data', (data) => to.write(data));
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    // a listener for data makes a socket flow
    if (isBlocked) for (const socket of [client, store]) socket.pause();
  });
  const port = await freePort();
  await listen(server, port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    async set(state) {
      isBlocked = state === 'hangs';
      if (state === 'gone') {
        server.close();
        cut();
        return;
      }
      if (!server.listening) await listen(server, port);
      for (const socket of sockets) isBlocked ? socket.pause() : socket.resume();
    },
    close() {
      server.close();
      cut();
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}
