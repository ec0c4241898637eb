import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The response that Node is writing to a socket. */
type Answering = { readonly _httpMessage?: ServerResponse | null };

/**
 * Calls a function when all requests before this one are answered, unless the connection ends first. For connections
 * that Node hands over (`CONNECT`, an upgrade offer): Node no longer listens for their errors then, and an unhandled
 * error would end the process.
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
  // once, because a connection may be handed over many times
  if (socket.listenerCount('error', ignore) === 0) socket.on('error', ignore);
  look();
}

/** No need to handle the error: the connection is destroyed. */
function ignore(): void {}
