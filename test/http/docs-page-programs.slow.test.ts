import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { exampleId } from '../../src/http/openapi/parts.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const run = promisify(execFile);
const token = 'token-of-the-page';
const row = { age: 30, limit: 2000, history: 'good' };

describe('the programs on the page of the API', () => {
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
      assert.match(await start((await programs('api', 'post-predict'))[language]), /prediction.*score.*id/s);
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
