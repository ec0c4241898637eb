import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { rotatedPath } from '../../src/files/rotated-files.ts';
import { checkPaths } from '../../src/replica/check-paths.ts';
import { readConfig } from '../../src/settings/config.ts';
import { root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const service = [process.execPath, '--import', './otel/register.ts', 'src/server.ts'];

type Paths = Partial<Parameters<typeof checkPaths>[0]>;

const readOnly = [
  'MODEL_PATH',
  'OUTCOME_KEY_FILE',
  'OUTCOMES_TOKEN_FILE',
  'OUTCOME_DEDUP_PASSWORD_FILE',
  'OTEL_EXPORTER_OTLP_CERTIFICATE',
  'OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY',
] as const;
const stamped = (path: string) => rotatedPath(path, Date.UTC(2026, 0, 31));

/** What the check says of these settings: its error, or nothing. */
async function said(paths: Paths): Promise<string> {
  const defaults = { SAMPLES_PATH: '/v/s.jsonl', OUTCOMES_PATH: '/v/o.jsonl', MODEL_PATH: '/v/m.json' };
  return checkPaths({ ...readConfig({}), ...defaults, ...paths }, 'one').then(
    () => '',
    (error: Error) => error.message,
  );
}

describe('the paths of the settings', () => {
  const clash = (first: keyof Paths, second: keyof Paths) =>
    new RegExp(`(?=.*\\b${first}=\\S+)(?=.*\\b${second}=\\S+)^[^\\n]+$`);
  const samplesAndOutcomes = clash('SAMPLES_PATH', 'OUTCOMES_PATH');

  it('may be those of the README, of Compose and of other layouts', async () => {
    for (const paths of [
      { SAMPLES_PATH: 'logs/input_samples.jsonl', OUTCOMES_PATH: 'logs/outcomes.jsonl' },
      {
        SAMPLES_PATH: '/app/logs/{instance}/input_samples.jsonl',
        OUTCOMES_PATH: '/app/logs/{instance}/outcomes.jsonl',
      },
      { SAMPLES_PATH: '/v/{instance}.samples.jsonl', OUTCOMES_PATH: '/v/{instance}.outcomes.jsonl' },
      { SAMPLES_PATH: '/v/s/{instance}.jsonl', OUTCOMES_PATH: '/v/o/{instance}.jsonl' },
      { SAMPLES_PATH: '/v/a.jsonl', OUTCOMES_PATH: '/v/a.b.jsonl' },
      { SAMPLES_PATH: '/v/a', OUTCOMES_PATH: '/v/a.jsonl' },
      { SAMPLES_PATH: '/v/S.jsonl', OUTCOMES_PATH: '/v/s.jsonl' },
      { SAMPLES_PATH: '/dev/null', OUTCOMES_PATH: '/v/outcomes.jsonl' },
      { OUTCOMES_PATH: 'outcomes.jsonl', MODEL_PATH: 'models/credit.json' },
      // an older model that is served again, from where it is kept
      { OUTCOMES_PATH: '/v/o.jsonl', MODEL_PATH: '/v/models/0123456789abcdef.json' },
    ]) {
      assert.equal(await said(paths), '', JSON.stringify(paths));
    }
  });

  it('must not let outcomes go to a device, pipe or socket, next to which nothing can be kept', async () => {
    await using folder = await temporaryFolder();
    const socket = join(folder.path, 'socket');
    const server = createServer().listen(socket);
    await once(server, 'listening');
    for (const OUTCOMES_PATH of ['/dev/null', socket]) {
      assert.equal(
        await said({ OUTCOMES_PATH }),
        `OUTCOMES_PATH=${OUTCOMES_PATH} is a device, pipe or socket: choose a file, as models, key and counts are kept next to it`,
      );
      assert.equal(await said({ SAMPLES_PATH: OUTCOMES_PATH }), '');
    }
    server.close();
  });

  it('must not be read as models, nor models from where they are kept', async () => {
    await using folder = await temporaryFolder();
    const base = folder.path;
    await mkdir(join(base, 'models'));
    await mkdir(join(base, 'here'));
    const outcomes = { OUTCOMES_PATH: `${base}/o.jsonl` };
    for (const MODEL_PATH of ['models', 'models/*.json', '{models,others}/*.json', 'm.json,./models/']) {
      const path = MODEL_PATH.replaceAll(/(^|,)/g, `$1${base}/`);
      assert.match(
        await said({ ...outcomes, MODEL_PATH: path }),
        /is where models are stored next to/,
        MODEL_PATH,
      );
    }
    const samples = { SAMPLES_PATH: `${base}/here/s.json` };
    for (const MODEL_PATH of ['here', 'here/*', '**/s.json']) {
      const path = join(base, MODEL_PATH);
      assert.match(await said({ ...samples, MODEL_PATH: path }), clash('MODEL_PATH', 'SAMPLES_PATH'), path);
    }
    for (const MODEL_PATH of ['here', 'here/*.json', 'here/{a,b}.json', 'models/0123456789abcdef.json']) {
      const paths = { ...outcomes, SAMPLES_PATH: `${base}/here/s.jsonl`, MODEL_PATH: join(base, MODEL_PATH) };
      assert.equal(await said(paths), '', MODEL_PATH);
    }
  });

  it('must not be the same file, in any spelling', async () => {
    await using folder = await temporaryFolder();
    const base = folder.path;
    await mkdir(join(base, 'real'));
    await symlink(join(base, 'real'), join(base, 'linked'));
    await symlink('real/later.jsonl', join(base, 'to-later.jsonl'));
    await writeFile(join(base, 'real/there.jsonl'), '');
    await link(join(base, 'real/there.jsonl'), join(base, 'hard.jsonl'));
    for (const [one, other] of [
      ['a.jsonl', 'a.jsonl'],
      ['a.jsonl', './x/../a.jsonl'],
      ['a.jsonl', `.//a.jsonl`],
      ['real/new.jsonl', 'linked/new.jsonl'],
      ['real/new/er.jsonl', 'linked/new/er.jsonl'],
      ['real/later.jsonl', 'to-later.jsonl'],
      ['real/there.jsonl', 'hard.jsonl'],
      ['{instance}/a.jsonl', 'one/a.jsonl'],
      ['{instance}/a.jsonl', '{instance}/a.jsonl'],
    ]) {
      const paths = [`${base}/${one}`, `${base}/${other}`];
      for (const [first, second] of [paths, paths.toReversed(), [paths[0], relative('.', paths[1])]]) {
        assert.match(
          await said({ SAMPLES_PATH: first, OUTCOMES_PATH: second }),
          samplesAndOutcomes,
          `${one} ${other}`,
        );
      }
      for (const name of readOnly) {
        assert.match(await said({ SAMPLES_PATH: paths[0], [name]: paths[1] }), clash('SAMPLES_PATH', name));
        assert.match(await said({ OUTCOMES_PATH: paths[0], [name]: paths[1] }), clash('OUTCOMES_PATH', name));
      }
    }
    assert.deepEqual(
      (await readdir(base, { recursive: true })).sort(),
      ['hard.jsonl', 'linked', 'linked/there.jsonl', 'real', 'real/there.jsonl', 'to-later.jsonl'],
      'it leaves nothing behind',
    );
  });

  it('must not be a name that the other rotates to', async () => {
    for (const path of [
      '/v/a.jsonl',
      '/v/a',
      '/v/a.b.jsonl',
      '/v/{instance}/a.jsonl',
      '/v/{instance}.jsonl',
    ]) {
      const rotated = stamped(path);
      assert.match(await said({ SAMPLES_PATH: path, OUTCOMES_PATH: rotated }), samplesAndOutcomes, path);
      assert.match(await said({ SAMPLES_PATH: rotated, OUTCOMES_PATH: path }), samplesAndOutcomes, path);
      assert.match(
        await said({ SAMPLES_PATH: '/w/s.jsonl', OUTCOMES_PATH: path, MODEL_PATH: rotated }),
        clash('OUTCOMES_PATH', 'MODEL_PATH'),
      );
    }
  });

  it('must not be a name under which rows are copied when some are deleted', async () => {
    for (const path of ['/v/a.jsonl', '/v/a', '/v/{instance}/a.jsonl', stamped('/v/a.jsonl')]) {
      const copy = `${path}.4711.tmp`;
      assert.match(await said({ SAMPLES_PATH: path, OUTCOMES_PATH: copy }), samplesAndOutcomes, path);
      assert.match(await said({ SAMPLES_PATH: copy, OUTCOMES_PATH: path }), samplesAndOutcomes, path);
    }
  });

  it('must not be the same file in a folder that is mounted twice, even before it exists', async function () {
    const unshare = requireTool(this, 'unshare');
    await using folder = await temporaryFolder();
    const [one, other] = ['a', 'b'].map((name) => join(folder.path, name));
    await Promise.all([mkdir(join(one, 'logs'), { recursive: true }), mkdir(other)]);
    for (const [samples, outcomes] of [
      ['x.jsonl', 'x.jsonl'],
      ['logs/x.jsonl', 'logs/x.jsonl'],
      ['new/x.jsonl', 'new/x.jsonl'],
      ['x.jsonl', stamped('x.jsonl')],
    ]) {
      const mounted = ['sh', '-c', 'mount --bind "$1" "$2" && shift 2 && exec "$@"', 'sh', one, other];
      const { status, stderr } = spawnSync(unshare, ['--mount', ...mounted, ...service], {
        cwd: root,
        encoding: 'utf8',
        env: {
          ...process.env,
          PORT: '0',
          ADMIN_PORT: '0',
          SAMPLES_PATH: join(one, samples),
          OUTCOMES_PATH: join(other, outcomes),
        },
        timeout: 50_000,
      });
      assert.equal(status, 1, samples);
      assert.match(
        stderr,
        /^vigia: cannot start: SAMPLES_PATH=\S+ and OUTCOMES_PATH=\S+ ?(are the same file|:|the)/,
      );
    }
  });

  it('must not be those of another replica', async () => {
    for (const [one, other] of [
      ['/v/{instance}.jsonl', '/v/outcomes.jsonl'],
      ['/v/{instance}.jsonl', '/v/{instance}.outcomes.jsonl'],
      ['/v/{instance}/a.jsonl', '/v/two/a.jsonl'],
    ]) {
      assert.match(await said({ SAMPLES_PATH: one, OUTCOMES_PATH: other }), samplesAndOutcomes, one);
      assert.match(await said({ SAMPLES_PATH: other, OUTCOMES_PATH: one }), samplesAndOutcomes, one);
    }
  });

  it('must not be where models are stored, nor a folder that another needs', async () => {
    for (const SAMPLES_PATH of [
      '/v/models',
      '/v/models/0123456789abcdef.json',
      '/v/models/0123456789abcdef.immature.json',
      '/v',
    ]) {
      assert.match(await said({ SAMPLES_PATH }), samplesAndOutcomes, SAMPLES_PATH);
    }
    assert.match(
      await said({ OUTCOMES_PATH: '/v/models' }),
      /OUTCOMES_PATH=\/v\/models is where models are stored next to/,
    );
  });

  it('must not be hidden files, which the service creates next to its own', async () => {
    for (const name of [
      '.clock.json',
      '.s.jsonl.series-lock',
      '.o.jsonl.slot-1.json',
      '.forget-lock',
      '.any',
    ]) {
      for (const setting of ['SAMPLES_PATH', 'OUTCOMES_PATH'] as const) {
        const refused = `${setting}=/v/${name}: hidden files are the service's own: choose a name without a dot at its beginning`;
        assert.equal(await said({ [setting]: `/v/${name}` }), refused);
      }
      assert.equal(await said({ SAMPLES_PATH: `/v/${name}/s.jsonl` }), '');
    }
  });

  it('are checked at the start, before anything is written', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'all.jsonl');
    const { status, stderr } = spawnSync(service[0], service.slice(1), {
      cwd: root,
      encoding: 'utf8',
      env: {
        ...process.env,
        PORT: '0',
        ADMIN_PORT: '0',
        SAMPLES_PATH: path,
        OUTCOMES_PATH: relative(root, path),
      },
    });
    assert.equal(status, 1);
    assert.equal(
      stderr,
      `vigia: cannot start: SAMPLES_PATH=${path} and OUTCOMES_PATH=${relative(root, path)} are the same file: give each its own\n`,
    );
    assert.deepEqual(await readdir(folder.path), []);
  });
});
