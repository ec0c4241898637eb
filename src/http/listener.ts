import type { EventEmitter } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, BlockList, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type Koa from 'koa';
import type { UnreadableReason } from '../telemetry/http-metrics.ts';
import { gateInstrumentation, type RequestSampler } from '../telemetry/request-sampling.ts';
import { answerFault } from './answer-fault.ts';
import { createRequestCheck } from './check-request.ts';
import { declineUpgrades } from './decline-upgrades.ts';
import { continueWhenRead } from './expect-continue.ts';
import type { HttpSocket } from './http-socket.ts';
import { answerLast, writeLast } from './last-answer.ts';
import { closeAfter, isLingering } from './lingering-close.ts';
import { limitPipelining, type ParserError } from './pipelining.ts';
import { Problem, type ProblemKey } from './problem.ts';
import { refuseConnect } from './refuse-connect.ts';
import type { RequestState } from './request-context.ts';
import { createResponseClass } from './response-class.ts';
import { createSlowReaders, type SlowReaders } from './slow-readers.ts';

/** Limits on the time and the size of requests. Slow and huge requests end here, before they cost anything. */
export const limits = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
} as const;

export const maxHeadersCount = 100;
/**
 * Connections that may wait to be accepted. In a burst above Node's default of 511, the rest would retry after a second
 * or more.
 */
const backlog = 4096;
/** So that a load balancer's connections are redistributed to replicas that started later. */
export const maxRequestsPerSocket = 100_000;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Answers a request instead of the application; false if it does not. */
export type Refuse = (request: IncomingMessage, response: ServerResponse) => boolean;

export type Listener = {
  readonly url: string;
  /**
   * Stops accepting connections, closes those on which nothing has arrived, and resolves when the requests that have
   * arrived are answered.
   */
  drain(): Promise<void>;
  /** Closes connections that are still open. */
  destroy(): void;
};

/**
 * Serves an application.
 *
 * @param keepAliveTimeoutMs how long a connection may wait for its next request, and for its first one
 * @param timeouts how long a request may take to arrive, once its first byte is there
 * @param allowedHosts the names that requests may be sent to, in the form of `readHost`; if there are none, names that
 * another site's page can have are refused, but only on a loopback address (`createRequestCheck`)
 * @param slowReaders watches how clients read their answers
 * @param sample which requests go through the instrumentation
 * @param refuse called before anything else sees a request
 * @param onUnreadable called for data that never became a request
 * @throws Error saying which address could not be used, and why
 */
export async function listen(
  app: Koa<RequestState>,
  {
    host,
    port,
    keepAliveTimeoutMs,
    timeouts = limits,
    requestsPerConnection = maxRequestsPerSocket,
    allowedHosts = [],
    slowReaders = createSlowReaders(),
    sample,
    refuse = () => false,
    onUnreadable = () => {},
  }: {
    host: string;
    port: number;
    keepAliveTimeoutMs: number;
    timeouts?: Pick<ServerOptions, 'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval'>;
    requestsPerConnection?: number;
    allowedHosts?: readonly string[] | undefined;
    slowReaders?: SlowReaders;
    sample: RequestSampler;
    refuse?: Refuse;
    onUnreadable?: (reason: UnreadableReason) => void;
  },
): Promise<Listener> {
  const options: ServerOptions = {
    ...limits,
    ...timeouts,
    keepAliveTimeout: keepAliveTimeoutMs,
    // Node would refuse a request without one with an empty answer; here it gets a problem document
    requireHostHeader: false,
    // Node would keep the first of two Host, Content-Type or Authorization headers; joined, they are not valid
    joinDuplicateHeaders: true,
    ServerResponse: createResponseClass(slowReaders.onUnread),
  };
  const server = createServer(options, app.callback());
  server.maxHeadersCount = maxHeadersCount;
  server.maxRequestsPerSocket = requestsPerConnection;
  // a client that has sent its last request and closed its half is still answered
  Object.assign(server, { httpAllowHalfOpen: true });
  slowReaders.watch(server);
  gateInstrumentation(server, sample);
  const own = new Set(allowedHosts);
  const check = createRequestCheck(() => (own.size > 0 || isOnLoopback(server) ? own : undefined));
  refuseFirst(server, (request, response) => {
    closeAfterLastRequest(response);
    const problem = check(request);
    if (problem === undefined) return refuse(request, response);
    onUnreadable(problem.key === 'misdirected-request' ? 'misdirected' : 'malformed');
    answerLast(response, problem);
    return true;
  });
  answerClientErrors(server, limitPipelining(server), onUnreadable);
  declineUpgrades(server);
  refuseConnect(server, onUnreadable);
  continueWhenRead(server);
  // it may fire during the first request, which must not be cut off before it is late
  const closeUnused = keepUnused(server, Math.max(keepAliveTimeoutMs, server.requestTimeout));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
    reject(new Error(`cannot listen on ${host}:${port}: ${why}`));
  });
  server.listen({ port, host, backlog }, resolve);
  await promise;
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    async drain() {
      // what has arrived is read first: closing the connection earlier would reset it and leave its request unanswered
      await nextTurn();
      await nextTurn();
      await new Promise<void>((drained) => {
        server.close(() => drained());
        server.closeIdleConnections();
        closeUnused();
      });
    },
    destroy: () => server.closeAllConnections(),
  };
}

/**
 * Lets connections on which nothing has been sent yet wait as long as idle ones: load balancers and browsers open them
 * ahead of need. For Node, the headers of their first request are overdue from the start.
 *
 * @returns a function that closes them
 */
function keepUnused(server: Server, timeoutMs: number): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    // parsing starts again after an upgrade offer
    if (!isUnused(socket)) return;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // Node sets a different one after each answer
    socket.setTimeout(timeoutMs);
  });
  return () => {
    for (const socket of open) if (isUnused(socket)) socket.destroy();
  };
}

function isUnused(socket: Socket): boolean {
  return socket.bytesRead === 0;
}

function refuseFirst(server: Server, refuse: Refuse): void {
  const emit = server.emit as EventEmitter['emit'];
  server.emit = function (this: Server, event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'request' && refuse(args[0] as IncomingMessage, args[1] as ServerResponse)) return true;
    return emit.call(this, event, ...args);
  };
}

function isOnLoopback(server: Server): boolean {
  const { address, family } = server.address() as AddressInfo;
  return loopback.check(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
}

/** Node announces the end of the connection with the last answer it allows, but leaves closing it to the client. */
function closeAfterLastRequest(
  response: ServerResponse & { maxRequestsOnConnectionReached?: boolean },
): void {
  if (response.maxRequestsOnConnectionReached) closeAfter(response);
}

const wrongVersion = [
  'malformed',
  'http-version-not-supported',
  'send the request in HTTP/1.1 or HTTP/1.0',
] as const;

/** By the code of the error, or by its reason where one code has several. */
const clientErrors: Readonly<Record<string, readonly [UnreadableReason, ProblemKey, string]>> = {
  HPE_HEADER_OVERFLOW: [
    'headers_too_large',
    'headers-too-large',
    `there may be at most ${maxHeadersCount} headers, of ${limits.maxHeaderSize} bytes together`,
  ],
  'Invalid HTTP version': wrongVersion,
  HPE_PAUSED_H2_UPGRADE: wrongVersion,
  ERR_HTTP_REQUEST_TIMEOUT: ['timeout', 'request-timeout', 'the request did not arrive in time'],
};

/** Node answers what is not HTTP with an empty body; here it gets a problem document like every other error. */
function answerClientErrors(
  server: Server,
  isWaiting: (error: ParserError, socket: Socket) => boolean,
  onUnreadable: (reason: UnreadableReason) => void,
): void {
  server.on('clientError', (error: ParserError, stream) => {
    const socket = stream as HttpSocket;
    if (isWaiting(error, socket)) return;
    // Node reports this once, and checks the connection again when a request begins
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUnused(socket)) return;
    if (isLingering(socket) && error.code !== 'ECONNRESET') return;
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [reason, key, detail] = clientErrors[error.reason ?? ''] ??
      clientErrors[error.code ?? ''] ?? ['malformed', 'malformed-request', 'the request cannot be parsed'];
    answerFault(socket, key, detail, () => {
      onUnreadable(reason);
      writeLast(socket, new Problem(key, detail));
    });
  });
}
