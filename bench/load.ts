// Posts varying bodies to URL for SECONDS over CONNECTIONS, each waiting for its answer, and prints the figures as
// JSON: node bench/load.ts URL CONNECTIONS SECONDS

import autocannon from 'autocannon';
import { loadArtifact } from '../src/model/artifact.ts';
import { makeBodies } from './bodies.ts';
import { creditModel } from './variants/credit-model.ts';

const bodyCount = 200;

/** What one run of the load generator measured; requests it had answered with status 200. */
export type LoadResult = {
  readonly requests: number;
  readonly failed: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

const [url, connections, seconds] = process.argv.slice(2);
const bodies = makeBodies(await loadArtifact(creditModel), bodyCount);
const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  requests: bodies.map((body) => ({
    method: 'POST',
    path: '/predict',
    headers: { 'content-type': 'application/json' },
    body,
  })),
});
const load: LoadResult = {
  requests: result['2xx'],
  failed: result.non2xx + result.errors,
  requestsPerSecond: result['2xx'] / result.duration,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
};
console.log(JSON.stringify(load));
