// The other end of wake-up.ts: answers each burst with one byte, and sleeps until the next.

import { createServer } from 'node:net';
import { announce } from './variants/announce.ts';
import { burstBytes } from './wake-up.ts';

announce(
  createServer((socket) => {
    let bytes = 0;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes < burstBytes) return;
      bytes -= burstBytes;
      socket.write('.');
    });
  }),
);
