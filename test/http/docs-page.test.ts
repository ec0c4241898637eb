import assert from 'node:assert/strict';
import { problems } from '../../src/http/problem.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const token = 'token-of-the-page';

describe('the page of the API', () => {
  let service: TestService;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async () => {
    folder = await temporaryFolder();
    service = await startTestService({ OUTCOMES_TOKEN_FILE: await folder.write('token', token) });
  });
  after(async () => {
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  const listeners: ['api' | 'admin', string][] = [
    ['api', 'public'],
    ['admin', 'admin'],
  ];
  for (const [listener, name] of listeners) {
    it(`has all that the document of the ${name} listener has`, async () => {
      const base = service[listener];
      const { paths, components } = (await (await fetch(`${base}/openapi.json`)).json()) as any;
      const response = await fetch(`${base}/docs`);
      assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
      const text = await response.text();
      for (const [path, methods] of Object.entries(paths)) {
        for (const method of Object.keys(methods as object)) {
          assert.ok(text.includes(`id="${method}-${path.slice(1)}"`), `${method} ${path}`);
        }
      }
      for (const schema of Object.keys(components.schemas)) {
        assert.ok(text.includes(`id="schema-${schema}"`), schema);
      }
      for (const key of Object.keys(problems)) assert.ok(text.includes(`id="problem-${key}"`), key);
      const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      for (const [, target] of text.matchAll(/ href="#([^"]+)"/g)) assert.ok(ids.has(target), target);
    });

    it(`loads nothing, and runs the one script that its policy names: ${name}`, async () => {
      const response = await fetch(`${service[listener]}/docs`);
      const policy = response.headers.get('content-security-policy') ?? '';
      assert.match(policy, /^default-src 'none';/);
      assert.match(policy, /; script-src 'sha256-[^']+'; connect-src 'self'$/);
      assert.doesNotMatch(policy, /unsafe/);
      const text = await response.text();
      assert.equal(text.match(/<script/g)?.length, 1);
      assert.doesNotMatch(text, / (?:src|style|on\w+)="/);
      assert.doesNotMatch(text, / href="(?![#/])/);
    });
  }

  it('is where the public listener sends a browser, while a program is told where to look', async () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const led = await fetch(`${service.api}/`, { headers: { accept }, redirect: 'manual' });
    assert.equal(led.status, 303);
    assert.equal(led.headers.get('location'), '/docs');
    for (const program of ['*/*', 'application/json']) {
      const { status, headers } = await fetch(`${service.api}/`, { headers: { accept: program } });
      assert.equal(status, 404);
      assert.equal(headers.get('content-type'), 'application/problem+json');
    }
  });

  it('says where outcomes go where the listener does not take them', async () => {
    const other = await startTestService();
    try {
      const text = await (await fetch(`${other.api}/docs`)).text();
      assert.match(text, /<code>POST \/outcomes<\/code> of the admin listener/);
      assert.doesNotMatch(text, /id="post-outcomes"/);
    } finally {
      await other.stop();
    }
  });
});
