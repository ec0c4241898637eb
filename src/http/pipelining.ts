import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { type HttpSocket, pause } from './http-socket.ts';
import { closeLingering, isClosing } from './lingering-close.ts';

export type ParserError = Error & {
  code?: string;
  reason?: string;
  rawPacket?: Buffer;
  bytesParsed?: number;
};

/** Node's parser sets it for CONNECT and for an upgrade offer. */
type Parsed = IncomingMessage & { readonly upgrade?: boolean };

/** A waiting request, and the error that says it is late, if there was one. */
type Waiting = { readonly request: IncomingMessage; late?: ParserError };

/** Requests that are served together when they arrive together: as many as `endOfTurn` answers together. */
const maxTogether = 32;
/** A body of at most this many bytes cannot contain an array of many rows, whose answer would be long. */
const maxShortBytes = 1_024;
/** Requests with short answers. Any other answer is read by the client before the next one is made. */
const servedTogether: ReadonlySet<string> = new Set(['/predict', '/health', '/ready']);

/**
 * Limits the cost of a client that sends requests without reading the answers: Node would serve all requests of a read,
 * some 2,000, and keep their answers until they are read. Here a request waits while 32 requests before it, or one with
 * a possibly long answer, are unanswered, and what follows it is not parsed. Clients that pipeline are answered in
 * order, as always. Waiting costs at most 128 KiB per connection: what was read with the request, and what the socket
 * reads ahead.
 *
 * @returns a function for the `clientError` event: whether the error is only a request that waits
 */
export function limitPipelining(server: Server): (error: ParserError, socket: Socket) => boolean {
  const waiting = new WeakMap<Socket, Waiting>();
  // work that begins when an answer has been read would run in the context (and the span) of that request, and each
  // would keep the previous one in memory
  const inContextOfServer = AsyncLocalStorage.snapshot();

  server.on('connection', (stream: Socket) => {
    const socket = stream as HttpSocket;
    const { parser } = socket;
    if (parser === null) return;
    const serve = parser.onIncoming;
    /** The time since all were answered. */
    let together = 0;
    parser.onIncoming = (request: Parsed, keepAlive) => {
      const answering = socket._httpMessage;
      if (!answering) {
        together = 1;
        return serve(request, keepAlive);
      }
      // an upgrade offer has to leave the parser immediately, and waits elsewhere
      if (request.upgrade) return serve(request, keepAlive);
      if (together < maxTogether && isShort(request) && isShort(answering.req) && !isClosing(socket)) {
        together++;
        return serve(request, keepAlive);
      }
      const held: Waiting = { request };
      const tellEnd = holdEnd(socket);
      waiting.set(socket, held);
      const begin = () => {
        if (socket._httpMessage) socket._httpMessage.once('close', begin);
        else inContextOfServer(serveHeld);
      };
      const serveHeld = () => {
        waiting.delete(socket);
        Reflect.deleteProperty(socket, 'resume');
        // nothing is served after an answer that closes the connection
        if (socket.writable) {
          Reflect.deleteProperty(socket, 'destroySoon');
          together = 1;
          socket.parser?.resume();
          serve(request, keepAlive);
          // the parser has not seen the end of a request without a body, and may wait long for the next byte
          if (!socket._paused) socket.emit('data', nothing);
          if (held.late) giveTime(socket, held);
          tellEnd();
        }
        if (!socket._paused) socket.resume();
      };
      answering.once('close', begin);
      // unread data would make the system reset the connection
      socket.destroySoon = () => closeLingering(socket);
      return pause;
    };
  });

  /** Node checks once whether a request is late, and this one was late only because it had to wait. */
  function giveTime(socket: Socket, { request, late }: Waiting): void {
    const timer = setTimeout(() => {
      if (!request.complete) server.emit('clientError', late, socket);
    }, server.requestTimeout);
    socket.once('close', () => clearTimeout(timer));
  }

  return (error, socket) => {
    const held = waiting.get(socket);
    if (error.code === 'HPE_PAUSED') {
      // without one, bytes after an answer that closes the connection
      if (held) putBack(socket, error.rawPacket?.subarray(error.bytesParsed));
      return true;
    }
    if (held === undefined || error.code !== 'ERR_HTTP_REQUEST_TIMEOUT') return false;
    held.late = error;
    return true;
  };
}

/** Puts bytes back in front of everything that comes after them. This must be undone before the socket is resumed. */
function putBack(socket: Socket, bytes: Buffer | undefined): void {
  // Node's parser reads natively, bypassing the socket, until there is a listener
  socket.on('data', ignore).off('data', ignore);
  socket.pause();
  socket.unshift(bytes);
  // Node does it for the body of the previous request, and when the client reads bytes
  socket.resume = () => socket;
}

/**
 * Hides from Node that the client has closed its half, as Node would close the connection after the current answer.
 * Pausing is not enough: if no bytes are waiting, the end is reported anyway.
 *
 * @returns a function that reports it, if it has happened
 */
function holdEnd(socket: Socket): () => void {
  let hasEnded = false;
  const emit = socket.emit as EventEmitter['emit'];
  socket.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event !== 'end') return emit.call(socket, event, ...args);
    hasEnded = true;
    return true;
  };
  return () => {
    Reflect.deleteProperty(socket, 'emit');
    if (hasEnded) socket.emit('end');
  };
}

function isShort({ url = '', method, headers }: IncomingMessage): boolean {
  if (!servedTogether.has(url.split('?', 1)[0])) return false;
  return method !== 'POST' || Number(headers['content-length']) <= maxShortBytes;
}

const nothing = Buffer.alloc(0);

function ignore(): void {}
