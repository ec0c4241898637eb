import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type HttpSocket, pause } from './http-socket.ts';

/** How long a client may take to read the last answer and close. nginx waits for 5 s between two reads. */
const lingerMs = 2_000;

const closing = new WeakSet<Socket>();
const lingering = new WeakSet<Socket>();

/**
 * Ends a connection after what has been written, and drops whatever still arrives. Closing immediately while a client
 * is still sending would make the system reset the connection, and the reset can overtake the answer (RFC 9112, section
 * 9.6).
 */
export function closeLingering(socket: Socket): void {
  if (lingering.has(socket)) return;
  lingering.add(socket);
  const { parser } = socket as HttpSocket;
  if (parser) parser.onIncoming = () => pause;
  socket.end();
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}

/** Whether a connection has had its last answer. Anything that arrives on it is not a request. */
export function isLingering(socket: Socket): boolean {
  return lingering.has(socket);
}

/**
 * Makes an answer that is about to begin the last one of its connection, for example if part of its request is still to
 * arrive and nobody will read it.
 */
export function closeAfter(response: ServerResponse): void {
  const { req } = response;
  closing.add(req.socket);
  response.shouldKeepAlive = false;
  // the same as Node does after an answer that it has marked as the last one
  req.socket.destroySoon = () => {
    req.resume();
    closeLingering(req.socket);
  };
}

/** Whether an answer that has not been written yet will be the last one of a connection. */
export function isClosing(socket: Socket): boolean {
  return closing.has(socket);
}
