import assert from 'node:assert/strict';
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isOpenToOthers, keptKeyPath, makeKeyOnce } from '../../src/outcomes/kept-key.ts';
import { readSigningKeys } from '../../src/outcomes/keys.ts';
import { asPlainUser } from '../support/other-user.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the key that is made if none is set', () => {
  it('is next to the outcome file, or next to the folders of all replicas', () => {
    assert.equal(keptKeyPath('logs/outcomes.jsonl'), 'logs/.outcome-key');
    assert.equal(keptKeyPath('/data/{instance}/outcomes.jsonl'), '/data/.outcome-key');
  });

  it('is random, for its owner alone, in a folder that is made for it, and nothing else is left there', async () => {
    await using folder = await temporaryFolder();
    const paths = ['one', 'other'].map((name) => join(folder.path, name, '.outcome-key'));
    const keys = await Promise.all(
      paths.map(async (path) => {
        assert.equal(await makeKeyOnce(path), true);
        assert.equal((await stat(path)).mode & 0o777, 0o600);
        assert.deepEqual(await readdir(join(path, '..')), ['.outcome-key']);
        return readFile(path, 'utf8');
      }),
    );
    for (const key of keys) assert.match(key, /^[\w+/]{43}=\n$/);
    assert.notEqual(keys[0], keys[1]);
  });

  it('belongs to the owner of its folder, whichever user makes it', async () => {
    await using folder = await temporaryFolder();
    // only root can make a folder of another user
    if (process.getuid?.() === 0) await chown(folder.path, 1234, 1235);
    const path = join(folder.path, '.outcome-key');
    assert.equal(await makeKeyOnce(path), true);
    const [key, above] = [await stat(path), await stat(folder.path)];
    assert.equal(key.uid, above.uid);
    if (process.getuid?.() === 0) assert.equal(key.gid, 1235);
  });

  it('stays as it is once it is there, and is made once, however many make it at the same time', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, '.outcome-key');
    const made = await Promise.all(Array.from({ length: 20 }, () => makeKeyOnce(path)));
    assert.equal(made.filter(Boolean).length, 1);
    const key = await readFile(path, 'utf8');
    assert.equal(await makeKeyOnce(path), false);
    assert.equal(await readFile(path, 'utf8'), key);
    assert.deepEqual(await readdir(folder.path), ['.outcome-key']);
  });

  it('cannot be made or looked for where a file is in the way', async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write('file', '');
    await assert.rejects(makeKeyOnce(join(file, '.outcome-key')), { code: 'ENOTDIR' });
  });

  it('is used where it is, but cannot be made, where this user may not write', async function () {
    await using folder = await temporaryFolder();
    const [empty, full] = ['empty', 'full'].map((name) => join(folder.path, name, '.outcome-key'));
    await makeKeyOnce(full);
    await mkdir(dirname(empty));
    for (const path of [empty, full]) await chmod(dirname(path), 0o555);
    await chmod(folder.path, 0o755);
    await asPlainUser(this, async () => {
      assert.equal(await makeKeyOnce(full), false);
      await assert.rejects(makeKeyOnce(empty), { code: 'EACCES' });
    });
    for (const path of [empty, full]) await chmod(dirname(path), 0o755);
  });

  it('is open to others if any other user may read or write it', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'key');
    await writeFile(path, '');
    for (const [mode, isOpen] of [
      [0o600, false],
      [0o660, false],
      [0o604, true],
      [0o602, true],
    ] as const) {
      await chmod(path, mode);
      assert.equal(await isOpenToOthers(path), isOpen, mode.toString(8));
    }
  });
});

describe('the keys of prediction ids, if none is set', () => {
  it('are the one that is kept, and are said to be new when they are', async () => {
    await using folder = await temporaryFolder();
    const OUTCOMES_PATH = join(folder.path, 'outcomes.jsonl');
    const path = join(folder.path, '.outcome-key');
    const made = await readSigningKeys({ OUTCOMES_PATH });
    assert.equal(made.description, `signed with the key in ${path}, made now`);
    assert.equal(made.isProblem, false);
    assert.deepEqual(
      made.keys.map((key) => `${key}\n`),
      [await readFile(path, 'utf8')],
    );
    const found = await readSigningKeys({ OUTCOMES_PATH });
    assert.deepEqual(found, { ...made, description: `signed with the key in ${path}` });
    await chmod(path, 0o604);
    const { description, isProblem } = await readSigningKeys({ OUTCOMES_PATH });
    assert.equal(
      description,
      `signed with the key in ${path}, with which anyone on this machine can forge them: chmod 600 it`,
    );
    assert.equal(isProblem, true);
    await writeFile(path, '');
    await assert.rejects(readSigningKeys({ OUTCOMES_PATH }), /an earlier start created this file/);
  });

  it('end with the process where none can be kept, which is said', async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write('file', '');
    const OUTCOMES_PATH = join(file, 'outcomes.jsonl');
    const { keys, description, isProblem } = await readSigningKeys({ OUTCOMES_PATH });
    assert.equal(
      description,
      `not valid beyond this process: ${join(file, '.outcome-key')} cannot be created: ENOTDIR (set OUTCOME_KEY_FILE or OUTCOME_KEYS)`,
    );
    assert.equal(isProblem, true);
    assert.equal(keys[0].length, 32);
  });
});
