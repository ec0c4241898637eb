// A receiver of traces: accepts whatever is posted, reads it completely and answers 200, as a Collector does.

import { createServer } from 'node:http';
import { announce } from './variants/announce.ts';

announce(
  createServer((request, response) => {
    request.resume();
    request.on('end', () => response.setHeader('content-type', request.headers['content-type'] ?? '').end());
  }),
);
