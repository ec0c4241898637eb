import { afterEarlierAnswers } from './earlier-answers.ts';
import type { HttpSocket } from './http-socket.ts';
import type { ProblemKey } from './problem.ts';
import { BodyProblem } from './read-body.ts';

/** Connections on which nothing can be read any more. */
const failed = new WeakSet<HttpSocket>();

/**
 * Answers what could not be read on a connection, so that no request gets two answers and none loses its own. A request
 * whose body breaks is answered by its route; if it has been answered before, that was all. What is no request is
 * answered when the requests before it are.
 *
 * @param answer answers what is no request, and counts it
 */
export function answerFault(socket: HttpSocket, key: ProblemKey, detail: string, answer: () => void): void {
  // every further byte is an error again
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
