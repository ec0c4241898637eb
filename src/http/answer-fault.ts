import { afterEarlierAnswers } from './earlier-answers.ts';
import type { HttpSocket } from './http-socket.ts';
import type { ProblemKey } from './problem.ts';
import { BodyProblem } from './read-body.ts';

/** Connections from which nothing can be read any more. */
const failed = new WeakSet<HttpSocket>();

/**
 * Answers data that could not be parsed on a connection, so that no request gets two answers and none loses its own. A
 * request with a broken body is answered by its route, unless it has already been answered. Data that is not a request
 * is answered after the requests before it.
 *
 * @param answer answers data that is not a request, and counts it
 */
export function answerFault(socket: HttpSocket, key: ProblemKey, detail: string, answer: () => void): void {
  // every further byte would be another error
  if (failed.has(socket)) return;
  failed.add(socket);
  const incoming = socket.parser?.incoming;
  if (incoming && !incoming.complete) {
    const problem = new BodyProblem(key, 'aborted', detail);
    if (incoming.listenerCount('error') > 0) incoming.emit('error', problem);
    return;
  }
  afterEarlierAnswers(socket, () => {
    if (socket.writable) answer();
  });
}
