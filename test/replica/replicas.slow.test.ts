import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deleteAbandonedFiles, rotatedPath } from '../../src/files/rotated-files.ts';
import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { runCommand } from '../report/run-command.ts';
import { compileNoLocks } from '../support/no-locks.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  root,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const dayMs = 86_400_000;
const pathsIn = (volume: string) => ({
  SAMPLES_PATH: join(volume, '{instance}/input_samples.jsonl'),
  OUTCOMES_PATH: join(volume, '{instance}/outcomes.jsonl'),
  OUTCOME_KEYS: 'a key that is long enough',
  LOG_LEVEL: 'warn',
});
const predict = async ({ api }: TestService): Promise<string> =>
  (await postJson(`${api}/predict`, row)).body.id;
/** The id of a prediction by a service that has ended since. */
async function predictAndEnd(env: Record<string, string>): Promise<string> {
  const service = await startTestService(env);
  const id = await predict(service);
  await service.signal('SIGTERM');
  await service.stop();
  return id;
}
const report = async ({ admin }: TestService, ids: readonly string[]) => {
  const items = ids.map((id) => ({ id, outcome: 'good' }));
  const { accepted, duplicate, invalid } = (await postJson(`${admin}/outcomes`, items)).body;
  return { accepted, duplicate, invalid: invalid.length };
};
const nameOf = (service: TestService) => /^Replica +(\S+),/m.exec(service.stderr())?.[1];

async function otherModel(folder: string): Promise<string> {
  const { version: _, ...content }: Artifact = await loadArtifact('models/credit.json');
  const path = join(folder, 'other.json');
  const threshold = { value: 0.3, reason: 'test' };
  await writeFile(
    path,
    formatArtifact(sealArtifact({ ...content, output: { ...content.output, threshold } })),
  );
  return path;
}

describe('replicas that share a volume', () => {
  it('take different names, and the next process takes the one that is free', async () => {
    await using volume = await temporaryFolder();
    const env = pathsIn(volume.path);
    const running = await Promise.all([1, 2, 3].map(() => startTestService(env)));
    try {
      assert.deepEqual(running.map(nameOf).sort(), ['replica-1', 'replica-2', 'replica-3']);
      const ids = await Promise.all(running.map(predict));
      const killed = running.find((service) => nameOf(service) === 'replica-2');
      assert.ok(killed);
      await eventually(async () => {
        assert.equal((await readJsonLines(join(volume.path, 'replica-2/input_samples.jsonl'))).length, 1);
      });
      await killed.signal('SIGKILL');
      const next = await startTestService(env);
      running.push(next);
      assert.equal(nameOf(next), 'replica-2');
      assert.match(
        next.stderr(),
        /found of its own: samples in 1 file .*, 1 model; of 2 other names: samples in 2 files .*, 2 models$/m,
      );
      await predict(next);
      await next.signal('SIGTERM');
      for (const [name, lines] of [
        ['replica-1', 1],
        ['replica-2', 2],
        ['replica-3', 1],
      ] as const) {
        await eventually(async () => {
          const kept = await readJsonLines(join(volume.path, name, 'input_samples.jsonl'));
          assert.equal(kept.length, lines, name);
        });
      }
      assert.deepEqual((await readdir(volume.path)).sort(), [
        '.replica-1.lock',
        '.replica-2.lock',
        '.replica-3.lock',
        'replica-1',
        'replica-2',
        'replica-3',
      ]);
      const { SAMPLES_PATH } = env;
      const shown = await runCommand('samples', ['--json'], { env: { SAMPLES_PATH } });
      const rows = shown.stdout.split('\n').filter(Boolean);
      assert.equal(rows.length, 4);
      const times = rows.map((line) => JSON.parse(line).time as string);
      assert.deepEqual(times, times.toSorted());
      for (const id of ids) assert.ok(shown.stdout.includes(id));
      const own = await runCommand('samples', ['--json'], {
        env: { SAMPLES_PATH, SERVICE_INSTANCE: 'replica-3' },
      });
      assert.equal(own.stdout.split('\n').filter(Boolean).length, 1);
    } finally {
      for (const service of running) await service.stop();
    }
  });

  it('write to files that have no name but that of the replica, and let rows of them be deleted', async () => {
    // `forget` was also the name of the lock under which rows are deleted
    for (const SERVICE_INSTANCE of ['one', 'forget']) {
      await using volume = await temporaryFolder();
      const paths = {
        SAMPLES_PATH: join(volume.path, 's/{instance}'),
        OUTCOMES_PATH: join(volume.path, 'o/{instance}'),
      };
      const service = await startTestService({ ...paths, SERVICE_INSTANCE, LOG_LEVEL: 'warn' });
      try {
        const id = await predict(service);
        assert.deepEqual(await report(service, [id]), { accepted: 1, duplicate: 0, invalid: 0 });
        const file = join(volume.path, 's', SERVICE_INSTANCE);
        await eventually(async () => assert.equal((await readJsonLines(file)).length, 1));
        const options = ['--live', file, '--outcomes', join(volume.path, 'o', SERVICE_INSTANCE)];
        const { stdout } = await runCommand('samples', ['--forget', id, ...options]);
        assert.match(stdout, /^2 lines deleted$/m);
      } finally {
        await service.stop();
      }
      assert.deepEqual(service.logLines(), []);
    }
  });

  it('are not started under a name that is in use', async () => {
    await using volume = await temporaryFolder();
    const env = { ...pathsIn(volume.path), SERVICE_INSTANCE: 'a' };
    const first = await startTestService(env);
    try {
      assert.equal(nameOf(first), 'a');
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--import', './otel/register.ts', 'src/server.ts'],
        {
          cwd: root,
          encoding: 'utf8',
          env: { ...process.env, ...env, PORT: '0', ADMIN_PORT: '0', SHUTDOWN_TIMEOUT_MS: '100' },
        },
      );
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^vigia: cannot start: SERVICE_INSTANCE=a: another process has this name in \S+: .*\n$/,
      );
      const other = await startTestService({ ...env, SERVICE_INSTANCE: 'b' });
      await other.stop();
      await first.signal('SIGTERM');
      const again = await startTestService(env);
      assert.equal(nameOf(again), 'a');
      await again.stop();
    } finally {
      await first.stop();
    }
  });

  it('continue if names cannot be locked, and report it', async () => {
    await using volume = await temporaryFolder();
    await writeFile(join(volume.path, 'file'), '');
    const service = await startTestService({ ...pathsIn(join(volume.path, 'file')), SERVICE_INSTANCE: 'a' });
    try {
      await predict(service);
      await eventually(() => {
        assert.ok(
          service
            .logLines()
            .some(({ event, msg }) => event === 'replica' && /cannot be locked/.test(String(msg))),
        );
      });
    } finally {
      await service.stop();
    }
  });
});

describe('a service on a file system without locks', () => {
  /** What `fcntl` says there when a lock is asked for. */
  for (const name of [undefined, 'a']) {
    it(`starts, and says so, ${name === undefined ? 'without a name' : 'under a name that is given'}`, async function () {
      await using volume = await temporaryFolder();
      const library = compileNoLocks(this, volume.path);
      const files = join(volume.path, 'files');
      const service = await startTestService({
        ...pathsIn(files),
        LD_PRELOAD: library,
        ...(name !== undefined && { SERVICE_INSTANCE: name }),
      });
      try {
        await predict(service);
        await eventually(() => {
          const said = service.logLines().find(({ event }) => event === 'replica');
          assert.match(String(said?.msg), /cannot be locked: the file system has no locks/);
        });
        assert.deepEqual(
          (await readdir(files)).filter((file) => file.startsWith('.')),
          [],
        );
      } finally {
        await service.stop();
      }
    });
  }
});

describe('a service under a different name than the previous process', () => {
  for (const [what, next] of [
    ['a recreated container, under the former names', 'f5e4d3c2b1a0'],
    ['a name that lasts from now on', undefined],
  ] as const) {
    it(`knows what was counted, and the older model: ${what}`, async () => {
      await using volume = await temporaryFolder();
      const env = pathsIn(volume.path);
      const first = await startTestService({ ...env, SERVICE_INSTANCE: '0a1b2c3d4e5f' });
      const ids = [await predict(first), await predict(first), await predict(first), await predict(first)];
      assert.deepEqual(await report(first, ids.slice(0, 2)), { accepted: 2, duplicate: 0, invalid: 0 });
      await first.signal('SIGTERM');
      await first.stop();
      const second = await startTestService({
        ...env,
        MODEL_PATH: await otherModel(volume.path),
        ...(next !== undefined && { SERVICE_INSTANCE: next }),
      });
      try {
        assert.match(
          second.stderr(),
          /^Replica +\S+, found of its own: nothing; of 1 other name: samples in 1 file \(\d kB\), outcomes in 1 file \(1 kB\), 1 model$/m,
        );
        // immediately, like senders that repeat a batch
        const [one, two] = await Promise.all([report(second, ids.slice(0, 3)), report(second, ids.slice(1))]);
        assert.equal(one.accepted + two.accepted, 2);
        assert.equal(one.duplicate + two.duplicate, 4);
        assert.equal(one.invalid + two.invalid, 0);

        const { SAMPLES_PATH, OUTCOMES_PATH } = env;
        for (const name of ['0a1b2c3d4e5f', 'another']) {
          const forgotten = await runCommand('samples', ['--forget', ids[name === 'another' ? 1 : 0]], {
            env: { SAMPLES_PATH, OUTCOMES_PATH, SERVICE_INSTANCE: name },
          });
          assert.equal(forgotten.stdout, '2 lines deleted\n', forgotten.stderr);
        }
        assert.equal((await readJsonLines(join(volume.path, '0a1b2c3d4e5f/input_samples.jsonl'))).length, 2);
        // although deleted, it is still known
        assert.deepEqual(await report(second, ids.slice(0, 2)), { accepted: 0, duplicate: 2, invalid: 0 });
      } finally {
        await second.stop();
      }
      const third = await startTestService({ ...env, SERVICE_INSTANCE: 'third' });
      try {
        assert.deepEqual(await report(third, ids), { accepted: 0, duplicate: 4, invalid: 0 });
      } finally {
        await third.stop();
      }
    });
  }

  it('does not confuse models because of the names of their files', async () => {
    await using volume = await temporaryFolder();
    const env = pathsIn(volume.path);
    const id = await predictAndEnd({ ...env, SERVICE_INSTANCE: 'old' });
    const models = join(volume.path, 'old/models');
    const [kept] = await readdir(models);
    const other = await otherModel(volume.path);
    await cp(other, join(models, kept));
    const second = await startTestService({ ...env, MODEL_PATH: other, SERVICE_INSTANCE: 'new' });
    try {
      assert.deepEqual(await report(second, [id]), { accepted: 0, duplicate: 0, invalid: 1 });
    } finally {
      await second.stop();
    }
  });

  it('keeps the models of other names as long as it accepts their outcomes', async () => {
    await using volume = await temporaryFolder();
    const env = pathsIn(volume.path);
    const id = await predictAndEnd({ ...env, SERVICE_INSTANCE: 'old' });
    const folder = join(volume.path, 'old/models');
    const [kept] = await readdir(folder);
    const expired = ['0123456789abcdef.json', '0123456789abcdef.immature.json'];
    for (const [names, ageDays] of [
      [[kept], 399],
      [expired, 401],
    ] as const) {
      const past = new Date(Date.now() - ageDays * dayMs);
      for (const name of names) {
        if (name !== kept) await writeFile(join(folder, name), '');
        await utimes(join(folder, name), past, past);
      }
    }
    const second = await startTestService({ ...env, MODEL_PATH: await otherModel(volume.path) });
    try {
      await eventually(async () => assert.deepEqual(await readdir(folder), [kept]));
      assert.deepEqual(await report(second, [id]), { accepted: 1, duplicate: 0, invalid: 0 });
    } finally {
      await second.stop();
    }
  });

  it('keeps no inputs of other names for longer than its own, and leaves recent ones', async () => {
    await using volume = await temporaryFolder();
    const env = pathsIn(volume.path);
    const old = new Date(Date.now() - 40 * dayMs);
    const live = (name: string) => join(volume.path, name, 'input_samples.jsonl');
    const files = [
      live('old'),
      rotatedPath(live('old'), old.getTime()),
      rotatedPath(live('only-rotated'), old.getTime()),
      rotatedPath(live('half'), old.getTime()),
      // what a deletion that was killed has left
      `${live('half')}.4711.tmp`,
      `${rotatedPath(live('half'), old.getTime())}.4711.tmp`,
      `${live('replica-1')}.4711.tmp`,
    ];
    const young = [
      live('half'),
      rotatedPath(live('half'), Date.now() - dayMs),
      join(volume.path, 'old/notes.jsonl'),
      `${live('old')}.4712.tmp`,
    ];
    for (const path of [...files, ...young]) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, '{"id":"x"}\n');
    }
    for (const path of files) await utimes(path, old, old);
    const service = await startTestService(env);
    try {
      await eventually(async () => {
        const left = (await readdir(volume.path, { recursive: true })).filter((name) =>
          /\w\/\w.*jsonl(\.\d+\.tmp)?$/.test(name),
        );
        const expected = young.map((path) => path.slice(volume.path.length + 1));
        assert.deepEqual(left.filter((name) => !/^replica-1.*jsonl$/.test(name)).sort(), expected.sort());
      });
    } finally {
      await service.stop();
    }
  });

  it('does not touch what a running replica writes', async () => {
    await using volume = await temporaryFolder();
    const env = { ...pathsIn(volume.path), SAMPLES_MAX_AGE_DAYS: String(60 / 86_400) };
    const services = await Promise.all([1, 2].map(() => startTestService(env)));
    try {
      for (let i = 0; i < 100; i++) await Promise.all(services.map(predict));
      for (const service of services) await service.signal('SIGTERM');
      for (const name of ['replica-1', 'replica-2']) {
        const folder = join(volume.path, name);
        const names = (await readdir(folder)).filter((file) => file.startsWith('input_samples'));
        const texts = await Promise.all(names.map((file) => readFile(join(folder, file), 'utf8')));
        assert.equal(texts.join('').split('\n').filter(Boolean).length, 100);
      }
    } finally {
      for (const service of services) await service.stop();
    }
  });
});

describe('deleting what others have left', () => {
  it('goes by the age of the last line, and by the number of files', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    await writeFile(path, 'x\n');
    const ends = [1, 2, 3, 4].map((day) => Date.UTC(2026, 0, day));
    for (const endedAt of ends) await writeFile(rotatedPath(path, endedAt), 'x\n');
    await deleteAbandonedFiles(path, 2, Date.UTC(2026, 0, 1));
    assert.equal((await readdir(folder.path)).length, 3);
    await utimes(path, new Date(ends[0]), new Date(ends[0]));
    await deleteAbandonedFiles(path, 2, Date.UTC(2026, 0, 4));
    assert.deepEqual(await readdir(folder.path), [rotatedPath('s.jsonl', ends[3])]);
    await rm(folder.path, { recursive: true });
    await deleteAbandonedFiles(path, 2, Date.UTC(2026, 0, 4));
  });
});
