import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The internals of an HTTP connection's socket in Node that are used here. The version of Node is pinned. */
export type HttpSocket = Socket & {
  /** `null` if the connection has ended or changed its protocol. */
  readonly parser: {
    /** The request that is arriving, or the last one. */
    readonly incoming: IncomingMessage | null;
    /** Serves a request whose headers have arrived; its result is passed to llhttp. */
    onIncoming(request: IncomingMessage, keepAlive: boolean): number;
    resume(): void;
  } | null;
  /** The response that is being written; those to later requests wait for it. */
  readonly _httpMessage: ServerResponse | null;
  /** Whether Node has stopped reading because the client does not read what is written. */
  readonly _paused: boolean;
};

/** llhttp's HPE_PAUSED. As the result of `onIncoming` it stops the parser after the headers. */
export const pause = 21;
