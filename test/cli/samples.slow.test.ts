import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import {
  chown,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rotatedPath } from '../../src/files/rotated-files.ts';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { forgetRows } from '../../src/samples/forget-rows.ts';
import { eventually, postJson, readJsonLines, root, startTestService } from '../support/service.ts';

function samples(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/vigia.cjs', 'samples', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

let folder: string;
let artifact: Artifact;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-samples-'));
  artifact = await loadArtifact('models/credit.json');
});
after(() => rm(folder, { recursive: true }));

const line = (id: string, features: object, more: object = {}) => ({
  time: new Date().toISOString(),
  id,
  traceId: `trace-of-${id}`,
  model: artifact.name,
  version: artifact.version,
  features,
  score: 0.3,
  prediction: 'good',
  ...more,
});
async function write(name: string, lines: readonly object[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((one) => `${JSON.stringify(one)}\n`).join(''), { mode: 0o640 });
  return path;
}

describe('npm run samples', () => {
  let path: string;
  before(async () => {
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    path = await write('some.jsonl', [
      line('old', { age: 20, limit: 1, history: 'never seen' }, { time: hourAgo }),
      line('a', { age: 20, limit: 500, history: 'good' }),
      line('b', { age: 80, limit: 500, history: 'good' }, { score: 0.9, prediction: 'bad' }),
      line('c', { age: 60, limit: 500, history: 'never seen' }),
      line('d', { age: 60, limit: null, history: '[redacted]' }),
      line('e', { age: 60, limit: 1, history: 'never seen' }, { version: 'another one' }),
      {
        ...line('f', {}),
        features: undefined,
        bins: { history: 'unseen', age: '09 (52.5, +inf)' },
        outside: { age: 'above' },
      },
    ]);
  });
  const ids = (...args: string[]) =>
    samples('--live', path, '--json', ...args)
      .stdout.split('\n')
      .filter(Boolean)
      .map((text) => JSON.parse(text).id);

  it('finds the rows of a bin, within a time', () => {
    assert.deepEqual(ids('--bin', 'history=unseen', '--since', '30m'), ['c', 'f']);
    assert.deepEqual(ids('--bin', 'history=unseen'), ['old', 'c', 'f']);
    assert.deepEqual(ids('--bin', 'history=good'), ['a', 'b']);
    assert.deepEqual(ids('--bin', 'limit=missing'), ['d']);
    assert.deepEqual(ids('--bin', 'age=09'), ['b', 'c', 'd', 'f']);
    assert.deepEqual(ids('--bin', 'age=09 (52.5, +inf)', '--limit', '2'), ['d', 'f']);
    assert.deepEqual(ids('--bin', 'age=above'), ['b', 'f']);
    assert.deepEqual(ids('--bin', '"age" =above'), ['b', 'f']);
    assert.deepEqual(ids('--bin', '(score)=09'), ['b']);
    assert.deepEqual(ids('--trace', 'trace-of-e'), ['e']);
  });

  it('prints rows with their trace, and the reasons for their score', () => {
    const { status, stdout, stderr } = samples('--live', path, '--bin', 'age=above');
    assert.equal(status, 0);
    assert.match(
      stdout,
      / bad 0\.900 {2}trace trace-of-b\n {2}id b\n {2}age 80, limit 500, history "good"\n/,
    );
    assert.match(stdout, /^ {2}because of .*age -0\.7\d/m);
    assert.match(stderr, /^2 of 6 rows match; 1 of other versions left out\n$/);
  });

  it('prints only samples: not other lines with a score, whose meaning is unknown', async () => {
    const { features, ...scoreLine } = line('off', {});
    const mixed = await write('mixed.jsonl', [
      line('raw', { age: 30 }),
      { ...scoreLine, features: undefined, bins: { age: '03 (28.5, 30.5]' }, id: 'bins' },
      scoreLine,
      { time: new Date().toISOString(), age: 30, limit: 987_654_321, score: 0.3 },
    ]);
    const { stdout, stderr } = samples('--live', mixed, '--json');
    assert.equal(stderr, '3 of 3 rows match; 1 line that is no sample left out\n');
    const ids = stdout
      .split('\n')
      .filter(Boolean)
      .map((text) => JSON.parse(text).id);
    assert.deepEqual(ids, ['raw', 'bins', 'off']);
  });

  it('says among how many rows it looked for a trace', () => {
    const { stderr } = samples('--live', path, '--trace', 'none');
    assert.equal(stderr, '0 of 7 rows match\n');
  });

  it('says how many rows do not show it', () => {
    const { stderr } = samples('--live', path, '--bin', 'history=missing');
    assert.match(stderr, /^0 of 6 rows match; 1 without the feature; /);
  });

  it('says how many lines it cannot read', async () => {
    const path = join(folder, 'array.json');
    await writeFile(path, JSON.stringify([line('a', {})]));
    assert.equal(samples('--live', path).stderr, '0 of 0 rows match; 1 line that cannot be read left out\n');
  });

  it('says how many rows of the last hour it cannot know', async () => {
    const path = await write('odd-times.jsonl', [
      line('now', {}),
      line('now too', {}, { time: Date.now() }),
      line('local', {}, { time: new Date().toString() }),
      line('unknown', {}, { time: '31/02/2026' }),
      line('none', {}, { time: null }),
    ]);
    const { stdout, stderr } = samples('--live', path, '--since', '1h', '--json');
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text).id),
      ['now', 'now too', 'local'],
    );
    assert.equal(stderr, '3 of 3 rows match; 2 without a time that can be read left out\n');
  });

  const wrong: [string, string[], RegExp][] = [
    ['a feature alone', ['--bin', 'age'], /^--bin is FEATURE=BIN/],
    ['an unknown feature', ['--bin', 'x=1'], /no feature 'x', but age, limit, history, \(score\)/],
    ['an unknown bin', ['--bin', 'history=x'], /history has no bin 'x', but = /],
    ['an ambiguous bin', ['--bin', 'age=0'], /age has no bin '0', but 00/],
    ['a time that is none', ['--since', 'soon'], /^--since is a time/],
    ['a limit that is none', ['--limit', '0'], /--limit is a whole number/],
    ['outcomes to print', ['--outcomes', 'x'], /--outcomes goes with --forget/],
  ];
  for (const [what, args, message] of wrong) {
    it(`refuses ${what} in one line`, () => {
      const { status, stderr } = samples('--live', path, ...args);
      assert.equal(status, 2);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split('\n').length, 1);
    });
  }
});

describe('a command next to the service', () => {
  it('finds its files by the same settings', async () => {
    await write('here.jsonl', [line('mine', { age: 20, limit: 1, history: 'good' })]);
    const run = (env: Record<string, string>) =>
      spawnSync(process.execPath, ['bin/vigia.cjs', 'samples', '--json'], {
        cwd: root,
        encoding: 'utf8',
        env: {
          ...process.env,
          SERVICE_INSTANCE: 'here',
          SAMPLES_PATH: join(folder, '{instance}.jsonl'),
          ...env,
        },
      });
    assert.equal(JSON.parse(run({}).stdout).id, 'mine');
    assert.equal(JSON.parse(run({ PORT: 'none' }).stdout).id, 'mine', 'which is not its own');
    const { status, stderr } = run({ SERVICE_INSTANCE: '../there' });
    assert.equal(status, 1);
    assert.match(stderr, /^SERVICE_INSTANCE=\.\.\/there: .*\n$/);
  });
});

describe('npm run samples -- --forget', () => {
  it('deletes every line of an id from live and rotated files, and nothing else', async () => {
    const live = await write('in.jsonl', [line('a', {}), line('gone', {}), line('not gone', { x: 'gone' })]);
    const rotated = rotatedPath(live, Date.UTC(2026, 0, 31));
    await writeFile(rotated, `${JSON.stringify(line('gone', {}))}\n{"torn":"gone`);
    const outcomes = await write('out.jsonl', [
      { id: 'gone', outcome: 'bad' },
      { id: 'a', outcome: 'bad' },
    ]);
    const args = ['--live', live, '--outcomes', outcomes, '--forget', 'gone'];
    const { status, stdout } = samples(...args);
    assert.equal(stdout, '3 lines deleted\n');
    assert.equal(status, 0);
    assert.deepEqual(
      (await readJsonLines(live)).map(({ id }) => id),
      ['a', 'not gone'],
    );
    assert.deepEqual(
      (await readJsonLines(outcomes)).map(({ id }) => id),
      ['a'],
    );
    assert.equal(await readFile(rotated, 'utf8'), '{"torn":"gone');
    assert.equal((await stat(live)).mode & 0o777, 0o640);
    assert.ok((await readdir(folder)).every((name) => !name.endsWith('.tmp')));
    const again = samples(...args);
    assert.equal(again.stdout, '0 lines deleted\n');
    assert.equal(again.status, 1);
  });

  it('deletes all lines of a key, whose ids are in the samples', async () => {
    const keyed = (id: string, key: string) => ({ ...line(id, {}), key });
    const live = await write('keyed.jsonl', [
      keyed('a', 'loan "1"'),
      keyed('b', 'loan-2'),
      line('loan-2', {}),
    ]);
    const rotated = rotatedPath(live, Date.UTC(2026, 0, 31));
    await writeFile(rotated, `${JSON.stringify(keyed('c', 'loan "1"'))}\n{"torn":"key`);
    const outcomes = await write('keyed-out.jsonl', [
      { id: 'c', outcome: 'bad' },
      { id: 'b', outcome: 'bad' },
    ]);
    const args = ['--live', live, '--outcomes', outcomes, '--forget-key', 'loan "1"'];
    const { status, stdout, stderr } = samples(...args);
    assert.deepEqual([stdout, status], ['3 lines deleted\n', 0], stderr);
    const ids = async (path: string) => (await readJsonLines(path)).map(({ id }) => id);
    assert.deepEqual([await ids(live), await ids(outcomes)], [['b', 'loan-2'], ['b']]);
    assert.equal(await readFile(rotated, 'utf8'), '{"torn":"key');
    assert.equal(samples(...args).status, 1);
    const withheld = samples('--live', live, '--forget-key', '[redacted]');
    assert.equal(withheld.status, 2);
  });

  it('leaves a file its age and its owner, by which it is deleted and written to', async () => {
    const live = await write('aged.jsonl', [line('gone', {}), line('a', {})]);
    const rotated = rotatedPath(live, Date.UTC(2026, 0, 31));
    await copyFile(live, rotated);
    const past = new Date(Date.now() - 29 * 86_400_000);
    const isRoot = process.getuid?.() === 0;
    for (const path of [live, rotated]) {
      if (isRoot) await chown(path, 1234, 1235);
      await utimes(path, past, past);
    }
    assert.equal(samples('--live', live, '--outcomes', live, '--forget', 'gone').stdout, '2 lines deleted\n');
    for (const path of [live, rotated]) {
      const { mtimeMs, uid, gid } = await stat(path);
      assert.ok(Math.abs(mtimeMs - past.getTime()) < 1000, `${path}: ${new Date(mtimeMs).toISOString()}`);
      if (isRoot) assert.deepEqual([uid, gid], [1234, 1235]);
    }
  });

  it('deletes everything that several request at the same time', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const live = await write(
      'shared.jsonl',
      [...ids, 'kept'].map((id) => line(id, {})),
    );
    await copyFile(live, rotatedPath(live, Date.UTC(2026, 0, 31)));
    const all = await Promise.all(
      ids.map((id) =>
        promisify(execFile)(
          process.execPath,
          ['bin/vigia.cjs', 'samples', '--live', live, '--outcomes', live, '--forget', id],
          { cwd: root },
        ),
      ),
    );
    for (const { stdout, stderr } of all) assert.deepEqual([stdout, stderr], ['2 lines deleted\n', '']);
    const names = (await readdir(folder)).filter((name) => name.startsWith('shared'));
    assert.equal(names.length, 2);
    for (const name of names) {
      assert.deepEqual(
        (await readJsonLines(join(folder, name))).map(({ id }) => id),
        ['kept'],
      );
    }
  });

  it('deletes the leftovers of a killed deletion', async () => {
    const live = await write('killed.jsonl', [line('a', {})]);
    const copies = [`${live}.4711.tmp`, `${rotatedPath(live, Date.UTC(2026, 0, 31))}.12.tmp`];
    const others = [`${live}.x.tmp`, join(folder, 'killed-not.jsonl.12.tmp')];
    for (const copy of [...copies, ...others]) await copyFile(live, copy);
    assert.deepEqual(await forgetRows(live, new Set(['a'])), { deleted: 1 });
    const left = (await readdir(folder)).filter((name) => name.startsWith('killed'));
    assert.deepEqual(left.map((name) => join(folder, name)).sort(), [live, ...others].sort());
    for (const other of others) await rm(other);
  });

  it('finds a line in a file that is rotated in the meantime', async () => {
    const live = await write('rotated.jsonl', [line('gone', {}), line('a', {})]);
    const earlier = rotatedPath(live, Date.UTC(2026, 0, 30));
    await copyFile(live, earlier);
    const forgetting = forgetRows(live, new Set(['gone']));
    // it stays with the first file until nothing more can be on its way there
    await eventually(() => stat(`${earlier}.${process.pid}.tmp`));
    const later = rotatedPath(live, Date.UTC(2026, 0, 31));
    await rename(live, later);
    await writeFile(live, `${JSON.stringify(line('b', {}))}\n`);
    assert.deepEqual(await forgetting, { deleted: 2 });
    const left = await Promise.all([earlier, later, live].map(readJsonLines));
    assert.deepEqual(
      left.flat().map(({ id }) => id),
      ['a', 'a', 'b'],
    );
  });

  it('uses the paths of the settings literally, and for patterns the given ones', async () => {
    const volume = join(folder, 'a [b]');
    for (const name of ['one', 'two']) {
      await mkdir(join(volume, name), { recursive: true });
      const path = rotatedPath(join(volume, name, 's.jsonl'), Date.UTC(2026, 0, 31));
      await writeFile(path, `${JSON.stringify(line('gone', {}))}\n`);
    }
    await writeFile(join(volume, 'two/s.jsonl'), `${JSON.stringify(line('gone', {}))}\n`);
    const forget = (...args: string[]) =>
      spawnSync(process.execPath, ['bin/vigia.cjs', 'samples', '--forget', 'gone', ...args], {
        cwd: root,
        encoding: 'utf8',
        env: {
          ...process.env,
          SAMPLES_PATH: join(volume, '{instance}/s.jsonl'),
          OUTCOMES_PATH: join(volume, '{instance}/o.jsonl'),
        },
      });
    const none = forget('--live', join(folder, 'n*ne.jsonl'));
    assert.match(none.stderr, /n\*ne\.jsonl: matches no file/);
    const all = forget();
    assert.deepEqual([all.stdout, all.stderr], ['3 lines deleted\n', '']);

    // what cannot be read does not keep the rest
    await mkdir(rotatedPath(join(volume, 'one/s.jsonl'), Date.UTC(2026, 0, 30)));
    for (const name of ['one', 'two']) {
      await writeFile(join(volume, name, 's.jsonl'), `${JSON.stringify(line('gone', {}))}\n`);
    }
    const some = forget();
    assert.deepEqual([some.status, some.stdout], [1, '2 lines deleted\n']);
    assert.match(some.stderr, /^\S+ \[b\]\/one\/s\.2026-01-30\S*: EISDIR\n$/);
  });

  it('keeps what is written while it copies', async () => {
    const live = await write('growing.jsonl', [line('gone', {})]);
    const writing = (async () => {
      // as a service does that had the file open: the path may have changed below it
      const file = await open(live, 'a');
      let late = 0;
      const append = () => file.appendFile(`${JSON.stringify(line(`late ${late++}`, {}))}\n`);
      while ((await stat(live).catch(() => undefined)) !== undefined) await append();
      for (let i = 0; i < 50; i++) await append();
      await file.close();
      return late;
    })();
    assert.deepEqual(await forgetRows(live, new Set(['gone'])), { deleted: 1 });
    const late = await writing;
    assert.deepEqual(
      (await readJsonLines(live)).map(({ id }) => id),
      Array.from({ length: late }, (_, i) => `late ${i}`),
    );
  });

  it('loses no line of a running service', async () => {
    const service = await startTestService({ OUTCOME_KEYS: 'a key that is long enough' });
    try {
      const row = { age: 30, limit: 2000, history: 'good' };
      const ids: string[] = [];
      const predict = async () => {
        const { body } = await postJson(`${service.api}/predict`, row);
        ids.push(body.id);
      };
      for (let i = 0; i < 20; i++) await predict();
      await postJson(
        `${service.admin}/outcomes`,
        ids.map((id) => ({ id, outcome: 'good' })),
      );
      await eventually(async () => assert.equal((await readJsonLines(service.samplesPath)).length, 20));
      const args = ['--live', service.samplesPath, '--outcomes', service.outcomesPath, '--forget', ids[3]];
      const running = promisify(execFile)(process.execPath, ['bin/vigia.cjs', 'samples', ...args], {
        cwd: root,
      });
      let ended = false;
      running.finally(() => {
        ended = true;
      });
      while (!ended) await predict();
      assert.equal((await running).stdout, '2 lines deleted\n');
      const later = ids.slice(20, 25);
      await postJson(
        `${service.admin}/outcomes`,
        later.map((id) => ({ id, outcome: 'bad' })),
      );
      await service.signal('SIGTERM');
      const read = async (path: string) => {
        const name = path.slice(service.folder.length + 1).replace('.jsonl', '');
        const files = (await readdir(service.folder)).filter((file) => file.startsWith(name));
        const lines = await Promise.all(files.map((file) => readJsonLines(join(service.folder, file))));
        return lines
          .flat()
          .flatMap(({ id }) => id ?? [])
          .sort();
      };
      const others = ids.filter((id) => id !== ids[3]);
      assert.deepEqual(await read(service.samplesPath), others.toSorted());
      const labelled = [...ids.slice(0, 20), ...later].filter((id) => id !== ids[3]);
      assert.deepEqual(await read(service.outcomesPath), labelled.toSorted());
    } finally {
      await service.stop();
    }
  });
});
