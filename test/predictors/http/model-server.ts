import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A request as the server got it. */
export type Received = {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
};

export type ModelServer = {
  readonly url: string;
  readonly received: Received[];
  /** How many connections were made so far. */
  connections(): number;
  /** Closes connections that no request is on. */
  closeIdle(): void;
  stop(): Promise<void>;
};

/**
 * Starts a server that answers as it is told, with an object as JSON.
 *
 * @param tls a certificate and its key, for one that speaks HTTPS
 */
export async function startModelServer(
  answer: (received: Received, response: ServerResponse, request: IncomingMessage) => unknown,
  tls?: { readonly cert: string; readonly key: string },
): Promise<ModelServer> {
  const received: Received[] = [];
  let connections = 0;
  const server = (tls ? createTlsServer.bind(undefined, tls) : createServer)(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const got = { url: request.url ?? '', headers: request.headers, body };
    received.push(got);
    const said = await answer(got, response, request);
    if (said !== undefined) response.setHeader('content-type', 'application/json').end(JSON.stringify(said));
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/score`,
    received,
    connections: () => connections,
    closeIdle: () => server.closeIdleConnections(),
    async stop() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}
