// A live end for traces: takes whatever is posted, reads it to its end and answers 200, as a Collector does.

import { createServer } from 'node:http';
import { announce } from './variants/announce.ts';

announce(
  createServer((request, response) => {
    request.resume();
    request.on('end', () => response.setHeader('content-type', request.headers['content-type'] ?? '').end());
  }),
);
