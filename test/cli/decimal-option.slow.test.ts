import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { readDataRows } from '../../src/traffic/data-rows.ts';
import { runCommand } from '../report/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const model = 'models/credit.json';

/** Rows whose limit is `2,000` and the like: two thousand, or two. */
function rows(): string {
  const lines = Array.from(
    { length: 400 },
    (_, i) => `${20 + (i % 50)}\t${(i % 9) + 1},${100 + (i % 7)}\tgood\t${i % 3 ? 'good' : 'bad'}`,
  );
  return `age\tlimit\thistory\toutcome\n${lines.join('\n')}\n`;
}

const meanLimit = ({ features }: Artifact) => {
  const limit = features.find(({ name }) => name === 'limit');
  return limit?.kind === 'numeric' ? limit.summary.mean : Number.NaN;
};

describe('--decimal', () => {
  for (const [command, args] of [
    ['evaluate', ['--data']],
    ['drift', ['--model', model, '--live']],
    ['rebaseline', ['--model', model, '--accepted-by', 'ana', '--reason', 'test', '--live']],
  ] as const) {
    it(`decides what ${command} cannot tell`, async () => {
      await using folder = await temporaryFolder();
      const path = await folder.write('rows.tsv', rows());
      const out = `${folder.path}/out.json`;
      const all = [...args, path, ...(command === 'rebaseline' ? ['--out', out] : ['--json'])];
      const refused = await runCommand(command, all);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /rows\.tsv:2: column limit: '1,100' is 1100 or 1\.1, .*--decimal/);
      const results: string[] = [];
      for (const sign of ['.', ',']) {
        const { code, stdout, stderr } = await runCommand(command, [...all, '--decimal', sign]);
        assert.equal(code, 0, stderr);
        results.push(command === 'rebaseline' ? await readFile(out, 'utf8') : stdout);
        if (command === 'rebaseline') {
          const mean = meanLimit(await loadArtifact(out));
          assert.ok(Math.abs(mean / (sign === '.' ? 5000 : 5) - 1) < 0.2, `${mean}`);
        }
      }
      assert.notEqual(results[0], results[1]);
      const wrong = await runCommand(command, [...all, '--decimal', 'comma']);
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /--decimal is \. or , and not 'comma'/);
    });
  }

  it('decides what traffic sends, from a packed table too', async () => {
    await using folder = await temporaryFolder();
    const path = await folder.write('rows.tsv', rows());
    const features = [{ name: 'limit', kind: 'numeric' }] as const;
    await assert.rejects(
      readDataRows(path, features),
      /column limit: a number means one value with a decimal point and another with a decimal comma/,
    );
    assert.deepEqual((await readDataRows(path, features, '.'))[0], { limit: 1100 });
    assert.deepEqual((await readDataRows(path, features, ','))[0], { limit: 1.1 });
    const packed = await folder.write('rows.tsv.gz', gzipSync(rows()));
    assert.deepEqual(await readDataRows(packed, features, '.'), await readDataRows(path, features, '.'));
    const { code, stderr } = await runCommand('traffic', ['--decimal', 'x']);
    assert.equal(code, 2);
    assert.match(stderr, /--decimal/);
  });
});
