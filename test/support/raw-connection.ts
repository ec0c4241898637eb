import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type RawConnection = {
  readonly socket: Socket;
  /** Everything received so far. */
  received(): string;
  /** Everything received until the other side closed, or the connection broke. */
  readonly closed: Promise<string>;
};

/** A connection on which a test writes arbitrary bytes. */
export function openRaw(api: string): RawConnection {
  const { hostname, port } = new URL(api);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (data: string) => {
    text += data;
  });
  // a server may cut off a connection that it does not want to read further
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  return { socket, received: () => text, closed };
}

/** A request whose last byte is missing, by default a prediction. The server has seen it when this resolves. */
export async function halfSent(
  url: string,
  content: object,
  path = '/predict',
): Promise<RawConnection & { finish(): void }> {
  const body = JSON.stringify(content);
  const connection = openRaw(url);
  const { socket } = connection;
  const headers = [
    'host: localhost',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'expect: 100-continue',
  ];
  socket.write(`POST ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  // it asks for the body
  await once(socket, 'data');
  socket.write(body.slice(0, -1));
  return { ...connection, finish: () => socket.write(body.slice(-1)) };
}
