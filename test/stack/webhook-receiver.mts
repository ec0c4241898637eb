// Stands where a pager or a chat would: keeps what Alertmanager posts, and gives it back to who asks.
import { createServer } from 'node:http';

const received: unknown[] = [];

createServer(async (request, response) => {
  if (request.method === 'POST') {
    received.push(JSON.parse((await request.toArray()).join('')));
    response.writeHead(204).end();
  } else {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(received));
  }
}).listen(8080, () => console.log('listening'));
