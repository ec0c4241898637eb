import type { Server } from 'node:http';
import type { UnreadableReason } from '../telemetry/http-metrics.ts';
import { afterEarlierAnswers } from './earlier-answers.ts';
import { writeLast } from './last-answer.ts';
import { Problem } from './problem.ts';

/** Refuses `CONNECT`, which Node would answer by closing the connection. What follows such a request is not read. */
export function refuseConnect(server: Server, onUnreadable: (reason: UnreadableReason) => void): void {
  // nothing is at the target of a CONNECT but a connection, so no method is allowed (RFC 9110, section 10.2.1)
  const problem = new Problem('method-not-allowed', 'this service is no proxy: it does not take CONNECT', {
    headers: { allow: '' },
  });
  server.on('connect', (_request, socket) => {
    afterEarlierAnswers(socket, () => {
      onUnreadable('misdirected');
      writeLast(socket, problem);
    });
  });
}
