import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { postJson, startTestService } from './support/service.ts';

describe('the README', () => {
  it('shows the answers that its requests get', async () => {
    const text = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const examples = [...text.matchAll(/^\$ curl localhost:8000\/predict .* -d '(.*)'\n(\{.*\})$/gm)];
    assert.equal(examples.length, 2);
    const service = await startTestService();
    try {
      for (const [, request, shown] of examples) {
        const { body } = await postJson(`${service.api}/predict`, request);
        // these two differ from request to request, but for their length
        const { id, requestId, ...expected } = JSON.parse(shown);
        assert.equal((body.id ?? body.requestId).length, (id ?? requestId).length);
        const { id: _, requestId: __, ...answer } = body;
        assert.deepEqual(answer, expected);
      }
    } finally {
      await service.stop();
    }
  });
});
