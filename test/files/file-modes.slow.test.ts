import assert from 'node:assert/strict';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../src/files/write-file-atomically.ts';
import { runCommand } from '../report/run-command.ts';
import { eventually, postJson, startTestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const row = { age: 30, limit: 2000, history: 'good' };

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

/** The modes of all files and folders in a folder, in octal, by their paths in it. */
async function modesIn(folder: string): Promise<Record<string, string>> {
  const paths = await readdir(folder, { recursive: true });
  const modes = paths.map(async (path) => [path, (await modeOf(join(folder, path))).toString(8)] as const);
  return Object.fromEntries(await Promise.all(modes));
}

describe('the modes of files', () => {
  let umask: number;
  before(() => {
    umask = process.umask(0o022);
  });
  after(() => process.umask(umask));

  it('let only the owner and the group of the service read what it stores', async () => {
    await using volume = await temporaryFolder();
    const service = await startTestService({
      SAMPLES_PATH: join(volume.path, 'logs/{instance}/samples.jsonl'),
      OUTCOMES_PATH: join(volume.path, 'logs/{instance}/outcomes.jsonl'),
      OUTCOME_MATURITY_DAYS: '1',
      SAMPLES_MAX_BYTES: '600',
    });
    try {
      for (let i = 0; i < 10; i++) {
        const { body } = await postJson(`${service.api}/predict`, row);
        await postJson(`${service.admin}/outcomes`, { id: body.id, outcome: 'good' });
      }
      await eventually(async () => {
        const found = Object.keys(await modesIn(volume.path)).join(' ');
        for (const kind of [
          /samples\.jsonl\b/,
          /samples\.\S+\.jsonl/,
          /outcomes\.jsonl/,
          /models\/\w+\.json/,
        ]) {
          assert.match(found, kind);
        }
      });
      await service.signal('SIGTERM');
      const modes = await modesIn(volume.path);
      assert.match(Object.keys(modes).join(' '), /models\/\w+\.immature\.json/);
      assert.match(Object.keys(modes).join(' '), /\.replica-1\.lock/);
      assert.match(Object.keys(modes).join(' '), /\.outcome-key/);
      for (const [path, mode] of Object.entries(modes)) {
        const kept = path.endsWith('.outcome-key') ? '600' : '640';
        assert.equal(mode, /(\.jsonl?|lock|key)$/.test(path) ? kept : '750', path);
      }
    } finally {
      await service.stop();
    }
  });

  it('keep reports about rows from others, and let every user read a model', async () => {
    await using made = await temporaryFolder();
    const commands: [string, ...string[]][] = [
      ['drift', '--live', 'data/german-credit.csv', '--html', join(made.path, 'reports/drift.html')],
      ['evaluate', '--data', 'data/german-credit.csv', '--html', join(made.path, 'reports/evaluation.html')],
      ['train', '--out', join(made.path, 'models/trained.json')],
      [
        'rebaseline',
        '--live',
        'data/german-credit.csv',
        '--accepted-by',
        'x',
        '--reason',
        'y',
        '--out',
        join(made.path, 'b.json'),
      ],
    ];
    for (const [name, ...args] of commands) {
      const { code, stderr } = await runCommand(name, args);
      assert.equal(code, 0, stderr);
    }
    assert.deepEqual(await modesIn(made.path), {
      reports: '750',
      'reports/drift.html': '640',
      'reports/evaluation.html': '640',
      models: '755',
      'models/trained.json': '644',
      'b.json': '644',
    });
  });

  it('are narrowed by a stricter umask', async () => {
    await using made = await temporaryFolder();
    const before = process.umask(0o077);
    try {
      await writeFileAtomically(join(made.path, 'new/file'), '');
      assert.deepEqual(await modesIn(made.path), { new: '700', 'new/file': '600' });
    } finally {
      process.umask(before);
    }
  });

  it('stay what they are when a file is replaced', async () => {
    await using made = await temporaryFolder();
    const path = join(made.path, 'file');
    await writeFile(path, 'old');
    for (const mode of [0o600, 0o664, 0o444]) {
      await chmod(path, mode);
      await writeFileAtomically(path, 'new');
      assert.equal(await modeOf(path), mode);
    }
  });
});
