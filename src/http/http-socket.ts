import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What Node keeps with the socket of an HTTP connection, as far as it is used here. Its version is pinned. */
export type HttpSocket = Socket & {
  /** `null` when the connection has ended or changed its protocol. */
  readonly parser: {
    /** The request that is arriving, or the last one. */
    readonly incoming: IncomingMessage | null;
    /** Serves a request whose headers are there; what it gives goes to llhttp. */
    onIncoming(request: IncomingMessage, keepAlive: boolean): number;
    resume(): void;
  } | null;
  /** The response that is being written; those to later requests wait for it. */
  readonly _httpMessage: ServerResponse | null;
  /** Whether Node has stopped reading because the client does not take what is written. */
  readonly _paused: boolean;
};

/** llhttp's HPE_PAUSED. As the result of `onIncoming` it stops the parser behind the headers. */
export const pause = 21;
