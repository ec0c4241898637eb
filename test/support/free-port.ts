import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that systems give out by themselves: nobody who asks for any port gets one of these in the meantime. */
const [lowest, highest] = [20_000, 32_767];
const given = new Set<number>();

/** A free port, for what has to know its port before it listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (given.has(port)) continue;
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    given.add(port);
    return port;
  }
}
