import assert from 'node:assert/strict';
import { chmod, chown, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { forgetOutcome } from '../../src/outcomes/outcome.ts';
import { forgetRows } from '../../src/samples/forget-rows.ts';
import { mountLauncher } from '../samples/support/child.ts';
import { endedStart } from '../support/ended-start.ts';
import { plainUser } from '../support/other-user.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const row = { age: 30, limit: 2000, history: 'good' };

async function predict({ api }: TestService): Promise<string> {
  return (await postJson(`${api}/predict`, row)).body.id;
}

/** What becomes of an outcome of this id. */
async function report({ admin }: TestService, id: string) {
  const { accepted, duplicate, invalid } = (await postJson(`${admin}/outcomes`, { id, outcome: 'bad' })).body;
  return { accepted, duplicate, reasons: invalid.map(({ reason }: { reason: string }) => reason) };
}

const accepted = { accepted: 1, duplicate: 0, reasons: [] };
const ids = (service: TestService) => /^Ids +(.*)$/m.exec(service.stderr())?.[1] ?? '';
const warnings = (service: TestService) =>
  service
    .logLines()
    .filter(({ event }) => event === 'ids')
    .map(({ msg }) => String(msg));
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** A start that is refused: what it says. */
function refusedStart(folder: string, user: { uid?: number; gid?: number } = {}): string {
  const paths = {
    SAMPLES_PATH: join(folder, 'samples.jsonl'),
    OUTCOMES_PATH: join(folder, 'outcomes.jsonl'),
  };
  const { status, stderr } = endedStart(paths, user);
  assert.equal(status, 1, stderr);
  return stderr;
}

describe('the key of prediction ids, if none is set', () => {
  it('is created once, for its owner alone, and ids outlive the process', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, '.outcome-key');
    const first = await startTestService({}, folder.path);
    const id = await predict(first);
    assert.equal(ids(first), `signed with the key in ${path}, made now`);
    assert.equal(await modeOf(path), '600');
    const key = await readFile(path, 'utf8');
    assert.match(key, /^[\w+/]{43}=\n$/);
    await first.signal('SIGKILL');
    const second = await startTestService({}, folder.path);
    try {
      assert.equal(ids(second), `signed with the key in ${path}`);
      assert.deepEqual(await report(second, id), accepted);
      assert.equal(await readFile(path, 'utf8'), key);
      assert.deepEqual(warnings(second), []);
      assert.ok(!`${second.stderr()}${JSON.stringify(second.logLines())}`.includes(key.slice(0, 20)));
      await second.signal('SIGTERM');
      assert.deepEqual(
        (await readdir(folder.path)).filter((name) => name.includes('outcome-key')),
        ['.outcome-key'],
      );
    } finally {
      await second.stop();
    }
  });

  it('is one for all replicas of a volume, however many start at once', async () => {
    await using folder = await temporaryFolder();
    const env = {
      SAMPLES_PATH: join(folder.path, 'logs/{instance}/samples.jsonl'),
      OUTCOMES_PATH: join(folder.path, 'logs/{instance}/outcomes.jsonl'),
    };
    const replicas = await Promise.all([1, 2, 3].map(() => startTestService(env)));
    try {
      const path = join(folder.path, 'logs/.outcome-key');
      assert.equal(replicas.filter((one) => ids(one).endsWith(`${path}, made now`)).length, 1);
      const made = await Promise.all(replicas.map(predict));
      for (const [i, id] of made.entries()) {
        assert.deepEqual(await report(replicas[(i + 1) % replicas.length], id), accepted);
      }
      const names = await readdir(join(folder.path, 'logs'), { recursive: true });
      assert.deepEqual(
        names.filter((name) => name.includes('outcome-key')),
        ['.outcome-key'],
      );
    } finally {
      await Promise.all(replicas.map((one) => one.stop()));
    }
  });

  it('is a different one in another folder, by which ids are refused', async () => {
    await using folder = await temporaryFolder();
    const [one, other] = await Promise.all([startTestService({}, folder.path), startTestService()]);
    try {
      const reasons = ['invalid_id'];
      assert.deepEqual(await report(other, await predict(one)), { accepted: 0, duplicate: 0, reasons });
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
  });

  it('can be replaced: put a new one above it', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, '.outcome-key');
    const first = await startTestService({}, folder.path);
    const id = await predict(first);
    await first.signal('SIGTERM');
    await writeFile(path, `a-new-key-that-is-long-enough\n${await readFile(path, 'utf8')}`);
    const second = await startTestService({}, folder.path);
    try {
      assert.deepEqual(await report(second, id), accepted);
      assert.deepEqual(await report(second, await predict(second)), accepted);
    } finally {
      await second.stop();
    }
  });

  it('stays unchanged when rows are deleted', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, '.outcome-key');
    const service = await startTestService({}, folder.path);
    try {
      const key = await readFile(path, 'utf8');
      const id = await predict(service);
      assert.deepEqual(await report(service, id), accepted);
      const { deleted } = await forgetRows(service.outcomesPath, new Set([id]), forgetOutcome);
      assert.equal(deleted, 1);
      assert.equal(await readFile(path, 'utf8'), key);
      assert.equal(await modeOf(path), '600');
    } finally {
      await service.stop();
    }
  });

  for (const [what, content, reason] of [
    ['is empty', '', 'contains no key'],
    ['is too short', 'short\n', 'key 1 has fewer than 16 characters: make one with openssl rand -base64 32'],
    [
      'is in UTF-16',
      Buffer.from('\ufeffa-key-that-is-long-enough', 'utf16le'),
      'is in UTF-16: save it as UTF-8 text',
    ],
  ] as const) {
    it(`ends the start in one line when it ${what}`, async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, '.outcome-key');
      await writeFile(path, content);
      assert.equal(
        refusedStart(folder.path),
        `vigia: cannot start: ${path}: ${reason} (an earlier start created this file: if you delete it, a new one is created, and all ids issued so far are refused)\n`,
      );
    });
  }

  it('ends the start when the service may not read it', async function () {
    await using folder = await temporaryFolder();
    const user = plainUser(this);
    const path = join(folder.path, '.outcome-key');
    await writeFile(path, 'a-key-that-is-long-enough\n');
    await chmod(path, 0o000);
    if (user.uid !== undefined) await chown(folder.path, user.uid, user.gid as number);
    assert.match(refusedStart(folder.path, user), /\.outcome-key: cannot be read: EACCES \(an earlier start/);
  });

  it('is used, with a warning, when others may read it', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, '.outcome-key');
    await writeFile(path, 'a-key-that-is-long-enough\n');
    await chmod(path, 0o644);
    const service = await startTestService({}, folder.path);
    try {
      const said = `signed with the key in ${path}, with which anyone on this machine can forge them: chmod 600 it`;
      assert.equal(ids(service), said);
      assert.deepEqual(warnings(service), [`prediction ids are ${said}`]);
      assert.deepEqual(await report(service, await predict(service)), accepted);
    } finally {
      await service.signal('SIGTERM');
    }
    // as Kubernetes leaves the files of a volume that belongs to a group
    await chmod(path, 0o660);
    const grouped = await startTestService({}, folder.path);
    try {
      assert.deepEqual(warnings(grouped), []);
    } finally {
      await grouped.stop();
    }
  });

  for (const [how, options, code] of [
    ['read-only', 'ro,size=64m', 'EROFS'],
    ['full', 'size=4k', 'ENOSPC'],
  ] as const) {
    it(`is created for the process alone on a disk that is ${how}, which is reported`, async function () {
      await using folder = await temporaryFolder();
      const launcher = await mountLauncher(this);
      const fill = code === 'ENOSPC' ? 'head -c 4096 /dev/zero > "$0"/all;' : '';
      const mount = `mount -t tmpfs -o ${options} none "$0" && ${fill} exec "$@"`;
      const service = await startTestService({}, folder.path, [...launcher, 'sh', '-c', mount, folder.path]);
      try {
        const path = join(folder.path, '.outcome-key');
        const said = `not valid beyond this process: ${path} cannot be created: ${code} (set OUTCOME_KEY_FILE or OUTCOME_KEYS)`;
        assert.equal(ids(service), said);
        assert.deepEqual(warnings(service), [`prediction ids are ${said}`]);
        assert.match(await predict(service), /^[\w-]{68}$/);
        const inside = `/proc/${service.process.pid}/root${folder.path}`;
        assert.ok((await readdir(inside)).every((name) => !name.includes('outcome-key')));
      } finally {
        await service.stop();
      }
    });
  }

  it('is created for the process alone if a file is in the way of the folder', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    const beneath = await startTestService({ OUTCOMES_PATH: join(folder.path, 'file/outcomes.jsonl') });
    try {
      assert.match(ids(beneath), /^not valid beyond this process: \S+ cannot be created: ENOTDIR /);
    } finally {
      await beneath.stop();
    }
    assert.ok(!(await readdir(folder.path)).includes('.outcome-key'));
  });
});
