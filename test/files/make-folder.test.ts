import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../src/files/make-folder.ts';
import { root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { skipForLackOf } from '../support/tools.ts';

describe('making a folder', () => {
  it('creates missing parents, even if several calls do so at the same time', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a/b/c');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
    await makeFolder(path);
    for (const made of [path, join(folder.path, 'a')]) assert.equal((await stat(made)).mode & 0o777, 0o750);
  });

  it('fails if a file or a dangling link is in the way', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    await symlink('nothing', join(folder.path, 'link'));
    await assert.rejects(makeFolder(join(folder.path, 'file')), { code: 'EEXIST' });
    await assert.rejects(makeFolder(join(folder.path, 'file/a/b')), { code: 'ENOTDIR' });
    await assert.rejects(makeFolder(join(folder.path, 'link/a')), { code: 'EEXIST' });
  });

  it('fails immediately where no folder can be created', async function () {
    if (process.platform !== 'linux') skipForLackOf(this, 'there is no /proc');
    // in a process of its own: a call that never ends would keep this one from ending
    const { stderr, status } = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { makeFolder } from './src/files/make-folder.ts'; await makeFolder('/proc/a/b');`,
      ],
      { cwd: root, encoding: 'utf8', timeout: 20_000 },
    );
    assert.equal(status, 1);
    assert.match(stderr, /ENOENT: no such file or directory, mkdir '\/proc\/a'/);
  });
});
