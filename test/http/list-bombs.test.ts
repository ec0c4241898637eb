import assert from 'node:assert/strict';
import { postJson, startTestService, type TestService } from '../support/service.ts';

const bytes = 4 * 1024 * 1024;
const fill = (part: string, around = ['', '']) =>
  around[0] + part.repeat((bytes - around.join('').length) / part.length) + around[1];

describe('outcomes of millions of lists and objects', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service.stop());

  for (const [what, body] of [
    ['lists that never end', fill('[')],
    ['nested lists', '['.repeat(bytes / 2) + ']'.repeat(bytes / 2)],
    ['nested objects', fill('{"a":')],
    ['empty objects', fill('{},', ['[', '{}]'])],
  ]) {
    for (const type of ['application/json', 'application/x-ndjson']) {
      it(`are refused before they are parsed: ${what}, ${type}`, async () => {
        const answer = await postJson(`${service.admin}/outcomes`, body, { 'content-type': type });
        assert.equal(answer.status, 413);
        assert.match(answer.body.detail, /at most 40000 lists and objects/);
      });
    }
  }
});
