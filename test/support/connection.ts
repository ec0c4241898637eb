import { connect, type Socket } from 'node:net';

/** An answer: its status, its status line and headers in lower case, and its body. */
export type Reply = { readonly status: number; readonly head: string; readonly text: string };

/** One persistent HTTP/1.1 connection, reopened when necessary; one request at a time. */
export type Connection = {
  /** Sends a whole request. Rejects with the code of the socket's error, `CLOSED` or `TIMEOUT`. */
  send(request: string | Buffer): Promise<Reply>;
  close(): void;
};

const timeoutMs = 15_000;
const headerEnd = '\r\n\r\n';

/**
 * A client at a third of the cost of Node's own, so that tests on a small machine measure the service and not the
 * client. It understands only what this service answers: a status, a `content-length`, and `connection: close`.
 */
export function openConnection(url: string): Connection {
  const { hostname, port } = new URL(url);
  let socket: Socket | undefined;
  let received = '';
  let waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;

  function open(): Socket {
    received = '';
    const opened = connect({ port: Number(port), host: hostname, noDelay: true, timeout: timeoutMs });
    opened.setEncoding('latin1');
    opened.on('data', (data: string) => {
      received += data;
      take();
    });
    const fail = (code: string) => {
      if (socket === opened) socket = undefined;
      opened.destroy();
      waiting?.reject(Object.assign(new Error(code), { code }));
      waiting = undefined;
    };
    opened.on('timeout', () => fail('TIMEOUT'));
    opened.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => fail(code));
    opened.on('close', () => {
      if (socket === opened) fail('CLOSED');
    });
    return opened;
  }

  /** Takes an answer from the received bytes, once it is complete. */
  function take(): void {
    const bodyStart = received.indexOf(headerEnd) + headerEnd.length;
    if (bodyStart < headerEnd.length || waiting === undefined) return;
    const head = received.slice(0, bodyStart).toLowerCase();
    const length = Number(/\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
    if (received.length < bodyStart + length) return;
    const text = Buffer.from(received.slice(bodyStart, bodyStart + length), 'latin1').toString();
    received = '';
    if (head.includes('\nconnection: close')) {
      socket?.destroy();
      socket = undefined;
    }
    const { resolve } = waiting;
    waiting = undefined;
    resolve({ status: Number(head.slice(9, 12)), head, text });
  }

  return {
    send(request) {
      socket ??= open();
      const opened = socket;
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        opened.write(request);
      });
    },
    close: () => socket?.destroy(),
  };
}

/** The text of a POST of JSON to `/predict`. */
export function predictRequest(body: string, headers: Readonly<Record<string, string>> = {}): string {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${more.join('')}\r\n${body}`;
}
