import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client may take nothing of an answer. */
export const readTimeoutMs = 20_000;
/**
 * What all clients together may leave untaken. Above that, connections end whose clients have taken nothing for a
 * second, those that have been still for longest first.
 */
export const maxUnreadBytes = 8 * 1024 * 1024;
const stillMs = 1_000;
const checkIntervalMs = 1_000;

/** How much a client has taken, and since when no more. */
type Reading = { takenBytes: number; sinceMs: number };

export type SlowReaders = {
  /** Watches the connections of a server, as long as it is open. */
  watch(server: Server): void;
  /** Is to be called with each answer that the system has not taken at once. */
  onUnread(response: ServerResponse): void;
  /** Ends the connections of clients that have taken nothing for too long. Servers that are watched do it regularly. */
  check(): void;
  /** Bytes of answers that wait for their clients. */
  unreadBytes(): number;
  /** Connections ended because their clients did not take answers. */
  readonly ended: number;
};

/** Ends connections whose clients do not read their answers. An answer that is taken at once costs no time for it. */
export function createSlowReaders(): SlowReaders {
  const open = new Set<Socket>();
  /** Of those on which bytes wait. */
  const readings = new Map<Socket, Reading>();
  let ended = 0;

  function unreadBytes(): number {
    let bytes = 0;
    for (const socket of readings.keys()) bytes += socket.writableLength;
    return bytes;
  }

  function look(socket: Socket, nowMs: number): void {
    const reading = readings.get(socket);
    if (socket.writableLength === 0) {
      if (reading) readings.delete(socket);
      return;
    }
    const takenBytes = takenFrom(socket);
    if (takenBytes !== reading?.takenBytes) readings.set(socket, { takenBytes, sinceMs: nowMs });
  }

  /** Ends the connections that were still for so long, the longest first, until no more bytes than that wait. */
  function endStill(longEnoughMs: number, allowedBytes: number, nowMs: number): void {
    const stillest = [...readings].sort(([, one], [, other]) => one.sinceMs - other.sinceMs);
    for (const [socket, { sinceMs }] of stillest) {
      if (nowMs - sinceMs < longEnoughMs || unreadBytes() <= allowedBytes) return;
      readings.delete(socket);
      ended++;
      // a client that takes nothing would not take the end either, and the system would keep what waits for it
      socket.resetAndDestroy();
    }
  }

  function check(): void {
    const nowMs = performance.now();
    for (const socket of open) look(socket, nowMs);
    endStill(readTimeoutMs, 0, nowMs);
    endStill(stillMs, maxUnreadBytes, nowMs);
  }

  return {
    watch(server) {
      server.on('connection', (socket: Socket) => {
        // it begins again after an offer to change the protocol
        if (open.has(socket)) return;
        open.add(socket);
        socket.once('close', () => {
          open.delete(socket);
          readings.delete(socket);
        });
      });
      const timer = setInterval(check, checkIntervalMs).unref();
      server.once('close', () => clearInterval(timer));
    },
    onUnread({ req: { socket } }) {
      const nowMs = performance.now();
      look(socket, nowMs);
      if (unreadBytes() > maxUnreadBytes) endStill(stillMs, maxUnreadBytes, nowMs);
    },
    check,
    unreadBytes,
    get ended() {
      return ended;
    },
  };
}

/** What the system has taken of all that was written. Node itself tells progress from stillness by this size. */
function takenFrom(socket: Socket & { _handle?: { readonly writeQueueSize: number } | null }): number {
  return socket.bytesWritten - (socket._handle?.writeQueueSize ?? 0);
}
