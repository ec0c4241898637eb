import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The response that Node is writing to a socket. */
type Answering = { readonly _httpMessage?: ServerResponse | null };

/**
 * Calls a function when all requests before this one are answered, unless the connection ends first. For connections
 * that Node hands over (`CONNECT`, an offer to change the protocol): it no longer listens to their errors then, and one
 * that nobody listens to ends the process.
 */
export function afterEarlierAnswers(socket: Duplex & Answering, then: () => void): void {
  const look = () => {
    const answering = socket._httpMessage;
    if (answering) {
      answering.once('close', look);
      return;
    }
    if (!socket.destroyed) then();
  };
  // once, for a connection may be handed over many times
  if (socket.listenerCount('error', ignore) === 0) socket.on('error', ignore);
  look();
}

/** That the connection is destroyed says enough. */
function ignore(): void {}
