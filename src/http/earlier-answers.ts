import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The response that Node is writing to a socket. */
type Answering = { readonly _httpMessage?: ServerResponse | null };

/** Calls a function when all requests before this one are answered, unless the connection ends first. */
export function afterEarlierAnswers(socket: Duplex & Answering, then: () => void): void {
  const look = () => {
    const answering = socket._httpMessage;
    if (answering) {
      answering.once('close', look);
      return;
    }
    socket.off('error', ignore);
    if (!socket.destroyed) then();
  };
  socket.on('error', ignore);
  look();
}

/** An error of a socket that is waiting; that it is destroyed says enough. */
function ignore(): void {}
