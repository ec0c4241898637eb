import type { Server } from 'node:http';
import type { UnreadableReason } from '../telemetry/http-metrics.ts';
import { afterEarlierAnswers } from './earlier-answers.ts';
import { writeLast } from './last-answer.ts';
import { Problem } from './problem.ts';

/** Refuses `CONNECT`, which Node would answer by closing the connection. What follows such a request is not read. */
export function refuseConnect(server: Server, onUnreadable: (reason: UnreadableReason) => void): void {
  // the target of a CONNECT is a connection, not a resource, so no method is allowed (RFC 9110, section 10.2.1)
  const problem = new Problem(
    'method-not-allowed',
    'this service is not a proxy: it does not support CONNECT',
    {
      headers: { allow: '' },
    },
  );
  server.on('connect', (_request, socket) => {
    afterEarlierAnswers(socket, () => {
      onUnreadable('misdirected');
      writeLast(socket, problem);
    });
  });
}
