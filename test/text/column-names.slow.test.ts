import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readDataRows } from '../../src/traffic/data-rows.ts';
import { postJson, startTestService } from '../support/service.ts';

const run = async (command: string, ...args: string[]) =>
  (await promisify(execFile)(process.execPath, ['bin/vigia.cjs', command, ...args])).stdout;

/** Names as one program writes them, and as another does. */
const trained = ['gro\u0308\u00dfe', 'branch code', 'outcome'];
const alike = ['\u2009gr\u00f6\u00dfe', 'branch\u00a0code\u200b', 'out\u00adcome'];

describe('columns whose names look the same', () => {
  let folder: string;
  let model: string;
  const rows = Array.from({ length: 200 }, (_, i) => {
    const drawn = (i * 7919) % 101;
    return [drawn, ['north', 'south'][i % 2], drawn + 40 * (i % 2) > 70 ? 'bad' : 'good'] as const;
  });
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const table = (header: readonly string[]) => [header, ...rows].map((row) => `${row.join()}\n`).join('');

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-names-'));
    model = join(folder, 'model.json');
    const data = await file('train.csv', table(trained));
    await run('train', '--data', data, '--target', 'outcome', '--positive', 'bad', '--out', model);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const evaluate = async (path: string) =>
    JSON.parse(await run('evaluate', '--model', model, '--data', path, '--by', alike[0], '--json'));
  const drift = async (path: string) =>
    JSON.parse(await run('drift', '--model', model, '--live', path, '--features', alike[1], '--json'));

  it('are one column in evaluate and drift, in tables and in JSON lines', async () => {
    const same = await evaluate(join(folder, 'train.csv'));
    assert.equal(same.samples, 200);
    assert.ok(same.brier > 0 && same.slices.length > 1);
    const lines = (names: readonly string[]) =>
      rows
        .map((row) => `${JSON.stringify(Object.fromEntries(row.map((value, i) => [names[i], value])))}\n`)
        .join('');
    for (const path of [await file('alike.csv', table(alike)), await file('alike.jsonl', lines(alike))]) {
      const { samples, brier, slices } = await evaluate(path);
      assert.deepEqual([samples, brier, slices], [same.samples, same.brier, same.slices], path);
      const [branch] = (await drift(path)).features;
      assert.deepEqual([branch.name, branch.missing, branch.psi < 0.01], ['branch code', 0, true], path);
    }
  });

  it('are distinguished if two of them look the same', async () => {
    const twice = await file('twice.csv', 'branch\u00a0code,branch code,outcome\n1,2,good\n');
    const [row] = await readDataRows(twice, [{ name: 'branch code', kind: 'numeric' }]);
    assert.deepEqual(row, { 'branch code': 2 });
    await assert.rejects(
      readDataRows(twice, [{ name: 'branch\u2009code', kind: 'numeric' }]),
      /no column 'branch\u2009code'/,
    );
  });

  it('are refused in requests with the reason', async () => {
    const service = await startTestService({ MODEL_PATH: model });
    try {
      const row = { [trained[0]]: 10, [trained[1]]: 'north' };
      assert.equal((await postJson(`${service.api}/predict`, row)).status, 200);
      const { status, body } = await postJson(`${service.api}/predict`, {
        ...row,
        [alike[0].trim()]: 10,
        other: 1,
      });
      assert.equal(status, 422);
      const messages = body.errors.map(({ pointer, message }: any) => [pointer, message.split(':')[0]]);
      assert.deepEqual(Object.fromEntries(messages), {
        [`/${alike[0].trim()}`]: 'looks like a feature of this model, but differs in spaces or Unicode form',
        '/other': 'is not a feature of this model',
      });
    } finally {
      await service.stop();
    }
  });
});
