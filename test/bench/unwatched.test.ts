import assert from 'node:assert/strict';
import { makeBodies } from '../../bench/bodies.ts';
import { loadCore } from '../../bench/machine.ts';
import { type ServerProcess, startServer } from '../../bench/server-process.ts';
import { unwatched } from '../../bench/variants.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';

describe('the unwatched service of the bench', () => {
  let service: TestService;
  let server: ServerProcess;

  before(async () => {
    service = await startTestService();
    // a busy machine may hold a process up
    const env = { ...unwatched.env, MAX_EVENT_LOOP_DELAY_MS: '5000' };
    server = await startServer(unwatched.command, { core: loadCore, env });
  });

  after(async () => {
    await server?.stop();
    await service?.stop();
  });

  it('answers as the service does, byte for byte but for the id', async () => {
    const bodies = makeBodies(await loadArtifact('models/credit.json'), 50);
    const classes = new Set<string>();
    for (const body of bodies) {
      const [own, bare] = await Promise.all([
        post(`${service.api}/predict`, body),
        post(`${server.url}/predict`, body),
      ]);
      assert.equal(bare.status, 200);
      assert.equal(bare.text.replace(/"id":"[\w-]{68}"/, ''), own.text.replace(/"id":"[\w-]{68}"/, ''));
      assert.equal(bare.text.length, own.text.length);
      classes.add(JSON.parse(bare.text).prediction);
    }
    assert.equal(classes.size, 2);
  });

  it('gives each answer the headers of the service, without a request id', async () => {
    const body = makeBodies(await loadArtifact('models/credit.json'), 1)[0];
    const [own, bare] = await Promise.all([
      post(`${service.api}/predict`, body),
      post(`${server.url}/predict`, body),
    ]);
    assert.deepEqual(
      bare.headers,
      own.headers.filter((name) => name !== 'x-request-id'),
    );
  });

  it('refuses what the service refuses', async () => {
    for (const body of ['{"age": "old"}', '{"age": 1', '7', '']) {
      const [own, bare] = await Promise.all([
        postJson(`${service.api}/predict`, body),
        postJson(`${server.url}/predict`, body),
      ]);
      const { requestId: _, ...problem } = own.body;
      assert.deepEqual([bare.status, bare.body], [own.status, problem]);
    }
    assert.equal((await fetch(`${server.url}/predict`)).status, 405);
  });

  it('has no metrics', async () => {
    assert.equal((await fetch(`${server.url}/metrics`)).status, 404);
  });
});

async function post(url: string, body: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return { status: response.status, headers: [...response.headers.keys()], text: await response.text() };
}
