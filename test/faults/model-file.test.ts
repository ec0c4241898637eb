import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertAllRight, metric, startLoad } from '../support/load.ts';
import { eventually, root, startTestService, type TestService } from '../support/service.ts';

const original = join(root, 'models/credit.json');

describe('a model file replaced while running', function () {
  this.timeout(60_000);
  let service: TestService;
  let path: string;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    path = join(folder, 'model.json');
    await copyFile(original, path);
    service = await startTestService({ MODEL_PATH: path }, folder);
  });
  after(() => service.stop());

  const reloads = () => service.logLines().filter(({ event }) => event === 'reload');
  async function hangUp() {
    const before = reloads().length;
    service.process.kill('SIGHUP');
    return eventually(() => {
      assert.ok(reloads().length > before);
      return reloads()[before];
    });
  }

  const garbage: [string, () => Promise<unknown>, RegExp][] = [
    ['random bytes', () => writeFile(path, Buffer.from([0, 255, 128, 10, 13])), /not valid JSON/],
    ['nothing', () => writeFile(path, ''), /not valid JSON/],
    [
      'the first half of itself',
      async () => writeFile(path, (await readFile(original, 'utf8')).slice(0, 2000)),
      /not valid JSON/,
    ],
    ['JSON that is no model', () => writeFile(path, '{"formatVersion":1}'), /model\.json/],
    [
      'a model whose content is not what its version says',
      async () =>
        writeFile(path, (await readFile(original, 'utf8')).replace(/("intercept":\s*)-?[\d.]+/, '$19')),
      /version/,
    ],
    ['a folder', () => rm(path).then(() => mkdir(path)), /EISDIR|directory/],
    ['no file at all', () => rm(path, { recursive: true }), /ENOENT/],
  ];
  for (const [what, replace, reason] of garbage) {
    it(`by ${what}: the one in service goes on, and says why`, async () => {
      const load = startLoad(service.api, { workers: 4 });
      await replace();
      const line = await hangUp();
      const answered = load.answers;
      await eventually(() => assert.ok(load.answers > answered + 50));
      assertAllRight(await load.stop());
      assert.equal(line.level, 50);
      assert.match(String(line.msg), /the model in service stays/);
      assert.match(String(line.msg), reason);
      assert.doesNotMatch(String(line.msg), /\n/);
    });
  }

  it('by a whole one again: it is taken, without a restart', async () => {
    await copyFile(original, path);
    assert.equal((await hangUp()).level, 30);
    assertAllRight(await startLoad(service.api, { count: 50 }).done);
    assert.equal(await metric(service, 'model_info'), 1);
  });
});
