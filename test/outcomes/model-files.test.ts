import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createModelFiles, keepAgainMs } from '../../src/outcomes/model-files.ts';
import { asPlainUser } from '../support/other-user.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dayMs = 86_400_000;
const maxAgeMs = 10 * dayMs;
const nowMs = Date.UTC(2030, 0, 1);

describe('the files of models', () => {
  let parent: Awaited<ReturnType<typeof temporaryFolder>>;
  let folder: string;
  let other: string;
  let problems: string[];
  const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(16));
  const open = (otherFolders?: () => Promise<readonly string[]>) =>
    createModelFiles({
      folder,
      ...(otherFolders && { otherFolders }),
      maxAgeMs,
      now: () => nowMs,
      onProblem: (problem) => problems.push(problem),
    });
  const make = async (path: string, ageMs: number) => {
    await writeFile(path, '{}');
    const date = new Date(nowMs - ageMs);
    await utimes(path, date, date);
  };
  beforeEach(async () => {
    parent = await temporaryFolder();
    [folder, other] = [join(parent.path, 'own'), join(parent.path, 'other')];
    problems = [];
  });
  afterEach(() => parent[Symbol.asyncDispose]());

  it('are in this replica’s folder, and in those of the others that can be listed', async () => {
    const path = (place: string) => join(place, `${one}.json`);
    assert.deepEqual(await open().places(one), [path(folder)]);
    assert.deepEqual(await open(async () => [other, folder, other]).places(one), [path(folder), path(other)]);
    const unknown = open(async () => Promise.reject(new Error('EIO')));
    assert.deepEqual(await unknown.places(one), [path(folder)]);
  });

  it('are written if their text is new, and dated if it is not', async () => {
    const files = open();
    const path = join(folder, `${one}.json`);
    await files.keep(one, 'a');
    assert.equal(await readFile(path, 'utf8'), 'a');
    const { ino } = await stat(path);
    await files.keep(one, 'a');
    const dated = await stat(path);
    assert.deepEqual([dated.ino, dated.mtimeMs], [ino, nowMs]);
    await files.keep(one, 'b');
    assert.equal(await readFile(path, 'utf8'), 'b');
    assert.deepEqual(problems, []);
  });

  it('are deleted, here and elsewhere, once no outcome of theirs could be taken and none is in use', async () => {
    await mkdir(folder);
    await mkdir(other);
    const oldMs = maxAgeMs + keepAgainMs(maxAgeMs);
    for (const place of [folder, other]) {
      await make(join(place, `${one}.json`), oldMs + 1000);
      await make(join(place, `${two}.json`), oldMs);
      await make(join(place, `${three}.json`), oldMs + 1000);
      await make(join(place, 'notes.json'), oldMs + 1000);
    }
    await open(async () => [other]).deleteExpired((digest) => digest === three);
    for (const place of [folder, other]) {
      assert.deepEqual((await readdir(place)).sort(), [`${two}.json`, `${three}.json`, 'notes.json'].sort());
    }
    assert.deepEqual(problems, []);
  });

  it('are deleted an hour after a copy was begun that was never finished, even of one in use', async () => {
    await mkdir(folder);
    await make(join(folder, `${one}.json.12.tmp`), 3_600_001);
    await make(join(folder, `${one}.json.13.tmp`), 3_600_000);
    await make(join(folder, `${one}.json.tmp`), dayMs);
    await open().deleteExpired(() => true);
    assert.deepEqual((await readdir(folder)).sort(), [`${one}.json.13.tmp`, `${one}.json.tmp`]);
  });

  it('are left where they are no files, and where there is no folder', async () => {
    await mkdir(join(folder, `${one}.json`), { recursive: true });
    await symlink('nowhere', join(folder, `${two}.json`));
    const past = new Date(nowMs - 3 * maxAgeMs);
    await utimes(join(folder, `${one}.json`), past, past);
    await open(async () => [other]).deleteExpired(() => false);
    assert.equal((await readdir(folder)).length, 2);
    assert.deepEqual(problems, []);
  });

  it('are reported once for each version that cannot be stored, and again after it could', async () => {
    await writeFile(folder, 'in the way');
    const files = open();
    await files.keep(one, 'a');
    await files.keep(one, 'a');
    await files.keep(two, 'a');
    assert.equal(problems.length, 2);
    assert.match(problems[0], /: outcomes of this version are unknown to later processes$/);
    await rm(folder);
    await files.keep(one, 'a');
    await rm(folder, { recursive: true });
    await writeFile(folder, 'in the way');
    await files.keep(one, 'a');
    await files.keep(two, 'a');
    assert.equal(problems.length, 3);
  });

  it('are reported once while those that have expired cannot be deleted, and again after they could', async function () {
    const files = open();
    await mkdir(folder);
    // root alone may look into a temporary folder
    await chmod(parent.path, 0o755);
    const tryToDelete = async () => {
      await make(join(folder, `${one}.json`), 2 * maxAgeMs);
      await make(join(folder, `${two}.json`), 2 * maxAgeMs);
      await chmod(folder, 0o555);
      await asPlainUser(this, async () => {
        for (let i = 0; i < 3; i++) await files.deleteExpired(() => false);
      });
      await chmod(folder, 0o755);
    };
    await tryToDelete();
    assert.equal(problems.length, 1);
    assert.match(problems[0], /^EACCES.*1\.json'; it is too old to be of use$/);
    await files.deleteExpired(() => false);
    assert.deepEqual(await readdir(folder), []);
    await tryToDelete();
    assert.equal(problems.length, 2);
  });
});
