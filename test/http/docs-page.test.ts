import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { exampleId } from '../../src/http/openapi/parts.ts';
import { problems } from '../../src/http/problem.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const run = promisify(execFile);
const token = 'token-of-the-page';
const row = { age: 30, limit: 2000, history: 'good' };

describe('the page of the API', function () {
  this.timeout(60_000);
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

  describe('its programs', () => {
    const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
    async function programs(listener: 'api' | 'admin', id: string): Promise<Record<string, string>> {
      const text = await (await fetch(`${service[listener]}/docs`)).text();
      const [, section] = text.split(` id="${id}"`);
      return Object.fromEntries(
        [...section.split('</details>', 1)[0].matchAll(/<h4>(.*?)<\/h4><pre[^>]*>(.*?)<\/pre>/gs)].map(
          ([, name, code]) => [
            name,
            code.replaceAll(/<[^>]+>/g, '').replaceAll(/&(#?\w+);/g, (_, entity) => entities[entity]),
          ],
        ),
      );
    }
    const env = { ...process.env, TOKEN: token };
    const runners: [
      string,
      'curl' | 'python' | 'node',
      (program: string, code: string) => [string, string[]],
    ][] = [
      ['curl', 'curl', (_, code) => ['sh', ['-c', code]]],
      ['Python', 'python', (program, code) => [program, ['-c', code]]],
      ['JavaScript', 'node', (_, code) => [process.execPath, ['--input-type=module', '-e', code]]],
    ];
    for (const [language, tool, command] of runners) {
      it(`predict, observe and report outcomes as they stand: ${language}`, async function () {
        const program = tool === 'node' ? '' : requireTool(this, tool);
        const start = async (code: string) => (await run(...command(program, code), { env })).stdout;
        assert.match(
          await start((await programs('api', 'post-predict'))[language]),
          /prediction.*score.*id/s,
        );
        for (const listener of ['api', 'admin'] as const) {
          const observe = (await programs(listener, 'post-observations'))[language];
          assert.match(await start(observe), /accepted['"]?: ?1\b.*ids/s);
          const { body } = await postJson(`${service.api}/predict`, row);
          const report = (await programs(listener, 'post-outcomes'))[language];
          assert.ok(report.includes(exampleId));
          assert.match(await start(report.replaceAll(exampleId, body.id)), /accepted['"]?: ?1\b/);
        }
      });
    }
  });
});
