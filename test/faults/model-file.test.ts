import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadArtifact } from '../../src/model/artifact.ts';
import { assertAllRight, metric, startLoad } from '../support/load.ts';
import { withIntercept } from '../support/model-parts.ts';
import { eventually, root, startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const original = join(root, 'models/credit.json');

describe('a model file replaced while running', () => {
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
    ['a folder', () => rm(path).then(() => mkdir(path)), /the folder contains no model file/],
    ['no file at all', () => rm(path, { recursive: true }), /no such file/],
  ];
  for (const [what, replace, reason] of garbage) {
    it(`by ${what}: the one in service stays, and the log says why`, async () => {
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

  it('by a complete one again: it is loaded, without a restart', async () => {
    await copyFile(original, path);
    assert.equal((await hangUp()).level, 30);
    assertAllRight(await startLoad(service.api, { count: 50 }).done);
    assert.equal(await metric(service, 'model_info'), 1);
  });

  it('by one that takes long to read, and by another in the meantime: the newer stays', async function () {
    const model = await loadArtifact(original);
    const [late, newer] = [1, 2].map((more) => withIntercept(model, more));
    await rm(path);
    await promisify(execFile)(requireTool(this, 'mkfifo'), [path]);
    service.process.kill('SIGHUP');
    // opens once the service has
    const slow = await open(path, 'w');
    const spare = `${path}.new`;
    await writeFile(spare, JSON.stringify(newer));
    await rename(spare, path);
    assert.equal((await hangUp()).version, newer.version);
    await slow.writeFile(JSON.stringify(late));
    await slow.close();
    await eventually(() => assert.match(String(reloads().at(-1)?.msg), /too late/));
    assert.equal(reloads().at(-1)?.version, late.version);
    assert.equal(await metric(service, 'model_info', { version: newer.version }), 1);
  });

  it('while it is being read for the start: the start continues, and the newer one is loaded afterwards', async function () {
    const newer = withIntercept(await loadArtifact(original), 1);
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const [model, pidFile, spare] = ['model.json', 'pid', 'new.json'].map((name) => join(folder, name));
    await promisify(execFile)(requireTool(this, 'mkfifo'), [model]);
    const launcher = ['sh', '-c', `echo $$ > ${pidFile}; exec "$@"`, 'sh'];
    const starting = startTestService({ MODEL_PATH: model }, folder, launcher);
    // opens once the service has
    const slow = await open(model, 'w');
    await writeFile(spare, JSON.stringify(newer));
    await rename(spare, model);
    process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGHUP');
    await slow.writeFile(await readFile(original));
    await slow.close();
    const started = await starting;
    try {
      const reload = () => started.logLines().find(({ event }) => event === 'reload');
      assert.equal((await eventually(() => reload() ?? assert.fail('no reload')))?.version, newer.version);
    } finally {
      await started.stop();
    }
  });
});
