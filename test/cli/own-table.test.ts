import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { driftReport, runCommand } from '../report/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** All commands that read tables, in short; each has a file of slow tests. */
describe('the commands, on one’s own table', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let table: string;
  let changed: string;
  let model: string;

  const run = async (name: string, ...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(name, args);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  before(async () => {
    folder = await temporaryFolder();
    const text = await readFile('data/german-credit.csv', 'utf8');
    table = await folder.write('loans.csv', text);
    changed = await folder.write('later.csv', text.replaceAll(/^(\d+),(\d+),/gm, '$1,$20,'));
    model = join(folder.path, 'loans.json');
    const target = ['--target', 'outcome', '--positive', 'bad'];
    assert.match(await run('train', '--data', table, ...target, '--out', model), /^AUC {8}0\.78/m);
  });
  after(() => folder[Symbol.asyncDispose]());

  it('find no drift in the rows of the model, and find a column that is ten times as large', async () => {
    assert.match(await run('drift', '--model', model, '--live', table), /^● No drift\./);
    const { verdict, features } = await driftReport('--reference', table, '--live', changed);
    assert.equal(verdict, 'drifting');
    assert.deepEqual(
      features.filter((feature) => feature.verdict === 'drifting').map(({ name }) => name),
      ['limit'],
    );
  });

  it('evaluate the model as promised', async () => {
    assert.match(await run('evaluate', '--model', model, '--data', table), /^● As good as promised/);
  });

  it('take the changed rows as the new reference', async () => {
    const out = join(folder.path, 'accepted.json');
    const why = ['--accepted-by', 'tester', '--reason', 'another currency'];
    await run('rebaseline', '--model', model, '--live', changed, ...why, '--out', out);
    assert.match(await run('drift', '--model', out, '--live', changed), /^● No drift\./);
  });
});
