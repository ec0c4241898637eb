// Posts REQUESTS bodies of ROWS rows each to URL over CONNECTIONS, each waiting for its answer:
// node bench/observations-load.ts URL TOKEN MODEL FORM ROWS CONNECTIONS REQUESTS

import { Agent, request } from 'node:http';
import { loadArtifact } from '../src/model/artifact.ts';
import { createRandom } from '../src/stats/random.ts';
import { drawFromReference } from '../src/traffic/reference-rows.ts';

/** `predict`: the row alone; `json`: an observation, or an array of them; `ndjson`: one a line. */
export type BodyForm = 'predict' | 'json' | 'ndjson';

const bodyCount = 20;

const [url, token, model, form, rowsText, connectionsText, requestsText] = process.argv.slice(2);
const rows = Number(rowsText);
const draw = drawFromReference(await loadArtifact(model), createRandom(1));
const random = createRandom(2);
let sent = 0;
const bodies = Array.from({ length: bodyCount }, () => Buffer.from(makeBody()));
const agent = new Agent({ keepAlive: true });
const headers = {
  authorization: `Bearer ${token}`,
  'content-type': form === 'ndjson' ? 'application/x-ndjson' : 'application/json',
};

function makeBody(): string {
  const observations = Array.from({ length: rows }, () =>
    form === 'predict' ? draw() : { features: draw(), score: random(), key: `loan-${sent++}` },
  );
  if (form === 'ndjson') return observations.map((one) => JSON.stringify(one)).join('\n');
  return JSON.stringify(rows === 1 ? observations[0] : observations);
}

function post(body: Buffer): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
    response.resume().once('end', () => resolve(response.statusCode ?? 0));
  });
  outgoing.once('error', reject);
  outgoing.end(body);
  return promise;
}

let left = Number(requestsText);
await Promise.all(
  Array.from({ length: Number(connectionsText) }, async () => {
    while (left-- > 0) {
      const status = await post(bodies[Math.max(0, left) % bodyCount]);
      if (status >= 300) throw new Error(`${url} answered ${status}`);
    }
  }),
);
agent.destroy();
