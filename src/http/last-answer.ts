import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { closeLingering } from './lingering-close.ts';
import { type Problem, problemMediaType, problemText } from './problem.ts';
import { securityHeaders } from './security-headers.ts';

/** Answers a request that reaches no route with a problem document, and closes the connection. */
export function answerLast(response: ServerResponse, problem: Problem): void {
  const body = problemText(problem);
  response.writeHead(problem.status, headersOf(problem, body)).end(body);
}

/** The same on a connection for which Node has no response object. */
export function writeLast(socket: Duplex, problem: Problem): void {
  const body = problemText(problem);
  const lines = Object.entries(headersOf(problem, body)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${problem.status} \r\n${lines.join('')}\r\n${body}`);
  closeLingering(socket as Socket);
}

function headersOf(problem: Problem, body: string): Record<string, string | number> {
  return {
    connection: 'close',
    'content-type': problemMediaType,
    'content-length': Buffer.byteLength(body),
    ...securityHeaders,
    ...problem.headers,
  };
}
