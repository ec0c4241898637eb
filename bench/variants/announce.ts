import type { AddressInfo, Server } from 'node:net';

/** Listens on a free port of the loopback interface, and says so as the service itself does. */
export function announce(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    process.stderr.write(`API      http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
}
