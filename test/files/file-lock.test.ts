import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFile, openFileLock } from '../../src/files/file-lock.ts';
import { plainUser } from '../support/other-user.ts';
import { root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the lock of a file', () => {
  it('may be taken by the group if it may create one', async () => {
    await using folder = await temporaryFolder();
    for (const [mode, expected] of [
      [0o770, 0o660],
      [0o750, 0o640],
    ]) {
      const logs = join(folder.path, mode.toString(8));
      await mkdir(logs);
      await chmod(logs, mode);
      (await lockFile(join(logs, '.lock')))?.release();
      assert.equal((await stat(join(logs, '.lock'))).mode & 0o777, expected);
    }
  });

  it('leaves nothing next to the file, even if it was taken when it was opened', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, '.lock');
    const first = await lockFile(path);
    const waiting = await openFileLock(path);
    assert.equal(waiting.take(), false);
    first?.release();
    assert.equal(waiting.take(), true);
    assert.deepEqual(await readdir(folder.path), ['.lock']);
    waiting.giveBack();
    waiting.close();
  });

  it('is skipped if it belongs to a user who lets no other write to it', async function () {
    const user = plainUser(this);
    await using folder = await temporaryFolder();
    await chmod(folder.path, 0o755);
    const logs = join(folder.path, 'logs');
    await mkdir(logs);
    for (const name of ['.replica-1.lock', '.o.jsonl.slot-1.lock', '.forget-lock']) {
      await writeFile(join(logs, name), '');
      await chmod(join(logs, name), 0o444);
    }
    if (user.uid !== undefined) await chown(logs, user.uid, user.gid ?? 0);
    const script = `
      import { openReplica } from './src/replica/replica.ts';
      import { openSlots } from './src/outcomes/slots.ts';
      import { forgetRows } from './src/samples/forget-rows.ts';
      const problems = [];
      const onProblem = (message) => problems.push(message);
      const { name } = await openReplica({ patterns: ['${logs}/{instance}/s.jsonl'], waitMs: 0, onProblem });
      const { own } = await openSlots('${logs}/o.jsonl', onProblem);
      const { failure } = await forgetRows('${logs}/o.jsonl', new Set(['a']));
      console.log(JSON.stringify({ name, slot: own.number, problems, failure: failure.message }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
      ...user,
    });
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), {
      name: 'replica-2',
      slot: 2,
      problems: [],
      failure: `${logs}/o.jsonl: deletions cannot be locked: EACCES: permission denied, access '${logs}/.forget-lock'`,
    });
  });
});
