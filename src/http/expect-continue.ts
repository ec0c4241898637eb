import type { Server } from 'node:http';

/**
 * Answers `Expect: 100-continue` with `100 Continue` when the body begins to be read, so that a client whose request is
 * refused because of its path, its headers or overload is not told to send it (RFC 9110, section 10.1.1). Node closes
 * the connection after a refusal, as it cannot know whether the body will be sent anyway.
 */
export function continueWhenRead(server: Server): void {
  server.on('checkContinue', (request, response) => {
    request.once('resume', () => {
      // an unread body is discarded after the answer
      if (!response.headersSent) response.writeContinue();
    });
    server.emit('request', request, response);
  });
  // an unknown expectation may be ignored; Node would answer 417 without a document
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
