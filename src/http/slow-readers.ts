import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client may read nothing of an answer. */
export const readTimeoutMs = 20_000;
/**
 * How many bytes all clients together may leave unread. Above that, connections whose clients have read nothing for a
 * second are ended, those inactive for longest first.
 */
export const maxUnreadBytes = 8 * 1024 * 1024;
const stillMs = 1_000;
const checkIntervalMs = 1_000;

/** How much a client has read, and since when nothing more. */
type Reading = { takenBytes: number; sinceMs: number };

export type SlowReaders = {
  /** Watches the connections of a server, as long as it is open. */
  watch(server: Server): void;
  /** To be called with each answer that the system has not accepted immediately. */
  onUnread(response: ServerResponse): void;
  /** Ends the connections of clients that have read nothing for too long. Watched servers do this regularly. */
  check(): void;
  /** Bytes of answers that are waiting for their clients. */
  unreadBytes(): number;
  /** Connections ended because their clients did not read answers. */
  readonly ended: number;
};

/** Ends connections whose clients do not read their answers. An answer that is read immediately costs no extra time. */
export function createSlowReaders(): SlowReaders {
  const open = new Set<Socket>();
  /** The progress of connections on which bytes are waiting. */
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

  /**
   * Ends connections that were inactive for at least the given time, the longest first, until at most the given number
   * of bytes are waiting.
   */
  function endStill(longEnoughMs: number, allowedBytes: number, nowMs: number): void {
    const stillest = [...readings].sort(([, one], [, other]) => one.sinceMs - other.sinceMs);
    for (const [socket, { sinceMs }] of stillest) {
      if (nowMs - sinceMs < longEnoughMs || unreadBytes() <= allowedBytes) return;
      readings.delete(socket);
      ended++;
      // a client that reads nothing would not read the end either, and the system would keep the waiting bytes
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
        // parsing starts again after an upgrade offer
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

/** How much of what was written the system has accepted. Node itself detects progress by this size. */
function takenFrom(socket: Socket & { _handle?: { readonly writeQueueSize: number } | null }): number {
  return socket.bytesWritten - (socket._handle?.writeQueueSize ?? 0);
}
