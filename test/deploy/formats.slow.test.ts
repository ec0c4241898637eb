import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../report/run-command.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const row = { age: 30, limit: 2000, history: 'good' };

type Fields = Record<string, unknown>;

describe('what a service has stored, read by another release', function () {
  this.slow(10_000);

  /** Rewrites every JSON object of every file in a folder, models excepted: their content is protected by a hash. */
  async function rewrite(folder: string, change: (object: Fields) => Fields): Promise<void> {
    for (const name of await readdir(folder)) {
      if (!/\.jsonl?$/.test(name)) continue;
      const lines = (await readFile(join(folder, name), 'utf8')).split('\n').filter(Boolean);
      const changed = lines.map((line) => `${JSON.stringify(change(JSON.parse(line)))}\n`);
      await writeFile(join(folder, name), changed.join(''));
    }
  }

  /** A life of the service: two predictions, and the outcome of the first. */
  async function live(folder: string): Promise<string[]> {
    const service = await startTestService({}, folder);
    const ids: string[] = [];
    for (let i = 0; i < 2; i++) ids.push((await postJson(`${service.api}/predict`, row)).body.id);
    assert.equal((await report(service, ids[0])).accepted, 1);
    await service.signal('SIGTERM');
    assert.equal((await readJsonLines(service.samplesPath)).length, 2);
    return ids;
  }
  const report = async (service: TestService, id: string) =>
    (await postJson(`${service.admin}/outcomes`, { id, outcome: 'good' })).body;

  /** The next life, on what the first has left: outcomes are known, and nothing is complained about. */
  async function goOn(folder: string, ids: readonly string[]): Promise<void> {
    const service = await startTestService({}, folder);
    try {
      assert.equal((await report(service, ids[0])).duplicate, 1);
      assert.equal((await report(service, ids[1])).accepted, 1);
      const { stdout } = await runCommand('samples', ['--live', service.samplesPath]);
      assert.match(stdout, /age 30, limit 2000/);
      await eventually(async () => assert.equal((await fetch(`${service.admin}/ready`)).status, 200));
      await service.signal('SIGTERM');
      const levels = service.logLines().map(({ level }) => Number(level));
      assert.ok(Math.max(...levels) < 40, JSON.stringify(service.logLines()));
    } finally {
      await service.stop();
    }
  }

  it('has fields that an older release does not know, which it ignores', async () => {
    await using folder = await temporaryFolder();
    const ids = await live(folder.path);
    await rewrite(folder.path, (object) => ({ ...object, unknown: { later: [1] } }));
    await goOn(folder.path, ids);
  });

  it('lacks what only newer releases write', async () => {
    await using folder = await temporaryFolder();
    const ids = await live(folder.path);
    for (const name of await readdir(folder.path)) {
      if (/slot-|clock|drift-history/.test(name)) await rm(join(folder.path, name));
    }
    await rewrite(folder.path, ({ slot, line, lastLine, ...object }) => object);
    await goOn(folder.path, ids);
  });
});
