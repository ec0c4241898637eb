import { type IncomingMessage, ServerResponse } from 'node:http';
import { closeAfter } from './lingering-close.ts';

/**
 * The class of a server's responses. An answer to a request that has not arrived completely closes the connection.
 *
 * @param onUnread called for each answer that the system has not accepted immediately
 */
export function createResponseClass(onUnread: (response: ServerResponse) => void): typeof ServerResponse {
  return class<Request extends IncomingMessage> extends ServerResponse<Request> {
    override writeHead(status: number, reasonOrHeaders?: unknown, headers?: unknown): this {
      if (!this.req.complete) closeAfter(this);
      return super.writeHead(status, reasonOrHeaders as string, headers as []);
    }

    override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
      super.end(chunk, encoding as BufferEncoding, callback as () => void);
      if (this.writableLength > 0) onUnread(this);
      return this;
    }
  };
}
