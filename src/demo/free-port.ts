import { once } from 'node:events';
import { createServer } from 'node:net';

/** The port itself if nobody listens there on this machine's loopback address, or else 0, which stands for any. */
export async function freePort(port: number): Promise<number> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return port;
  } catch {
    return 0;
  } finally {
    server.close();
  }
}
