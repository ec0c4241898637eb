import type { IncomingMessage, Server } from 'node:http';
import { afterEarlierAnswers } from './earlier-answers.ts';

/**
 * Serves a request that offers to change the protocol (h2c, WebSocket) as if it did not, as a server may (RFC 9110,
 * section 7.8). Node does so by itself, but drops what has arrived behind such a request, and a client that sent its
 * next one without waiting gets no answer to it. Here the request is put back in front of what follows, without its
 * offer, and the connection begins again. That takes about 15 µs of processor time.
 */
export function declineUpgrades(server: Server): void {
  server.on('upgrade', (request, socket, head) => {
    // now, as nothing can be put back when the client has closed its half and nothing waits
    socket.unshift(Buffer.concat([Buffer.from(withoutOffer(request), 'latin1'), head]));
    afterEarlierAnswers(socket, () => server.emit('connection', socket));
  });
}

function withoutOffer({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i].toLowerCase() !== 'upgrade') head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  }
  return `${head}\r\n`;
}
