import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rotatedPath } from '../../src/files/rotated-files.ts';
import { forgetRows } from '../../src/samples/forget-rows.ts';
import { postJson, startTestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const isLong = process.env.FAULTS === 'long';
const programOf = (name: string) => fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));
const faultEnv = (folder: string, at: number, code: string) => ({
  FAULT_FOLDER: folder,
  FAULT_AT: String(at),
  FAULT_CODE: code,
});

/** Runs the program, in which the n-th operation on files fails. */
async function run(args: readonly string[], folder: string, at: number, code: string) {
  const child = spawn(
    process.execPath,
    ['--import', programOf('fail-nth'), programOf('keep-files'), ...args],
    {
      env: { ...process.env, ...faultEnv(folder, at, code) },
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const [status] = await once(child, 'close');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /lives\n$/, 'the process lives');
  return { stdout, fault: /fault in .*/.exec(stderr)?.[0] };
}

/** Which operations to let fail, until a run has no more of them: all, or in the short form one in several. */
async function atEach(step: number, attempt: (at: number, code: string) => Promise<string | undefined>) {
  const codes = ['EIO', 'ENOSPC', 'EACCES'];
  let faults = 0;
  for (let at = 1; ; at += isLong ? 1 : step) {
    const code = codes[at % codes.length];
    const fault = await attempt(at, code).catch((error: Error) => {
      throw new Error(`${code} at operation ${at}: ${error.message}`, { cause: error });
    });
    if (fault === undefined) break;
    faults++;
  }
  assert.ok(faults >= (isLong ? 10 : 2), `${faults} faults`);
}

async function idsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  assert.deepEqual(
    names.filter((name) => !name.endsWith('.jsonl')),
    [],
    'no temporary file is left',
  );
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).id);
}

describe('a fault in any one operation on files', function () {
  this.timeout(isLong ? 900_000 : 300_000);

  it('loses no line that was accepted, duplicates none and tears none', async () => {
    await atEach(19, async (at, code) => {
      await using folder = await temporaryFolder();
      const { stdout, fault } = await run(['lines', folder.path], folder.path, at, code);
      const kept = [...stdout.matchAll(/kept (\S+)/g)].map(([, id]) => id);
      assert.equal(kept.length, 12);
      assert.deepEqual((await idsIn(folder.path)).sort(), kept.sort(), fault);
      return fault;
    });
  });

  it('loses nothing either while two processes rotate one file', async () => {
    await atEach(37, async (at, code) => {
      await using folder = await temporaryFolder();
      const runs = await Promise.all([
        run(['lines', folder.path, 'one'], folder.path, at, code),
        run(['lines', folder.path, 'other'], folder.path, 0, code),
      ]);
      const kept = runs.flatMap(({ stdout }) => [...stdout.matchAll(/kept (\S+)/g)].map(([, id]) => id));
      assert.equal(kept.length, 24);
      assert.deepEqual((await idsIn(folder.path)).sort(), kept.sort(), runs[0].fault);
      return runs[0].fault;
    });
  });

  it('reports no row as deleted that still exists, and loses no other', async () => {
    await atEach(11, async (at, code) => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'lines.jsonl');
      const lines = (...ids: string[]) => ids.map((id) => `${JSON.stringify({ id })}\n`).join('');
      await writeFile(rotatedPath(path, Date.now() - 86_400_000), lines('a', 'gone', 'b'));
      await writeFile(path, lines('c', 'gone', 'd'));
      const { stdout, fault } = await run(['forget', folder.path], folder.path, at, code);
      const texts = await Promise.all(
        (await readdir(folder.path)).map((name) => readFile(join(folder.path, name), 'utf8')),
      );
      const isGone = stdout.startsWith('gone\n');
      if (isGone) assert.ok(!texts.join('').includes('gone'), fault);
      else assert.match(stdout, /^failed: \S+: .*\b(?:EIO|ENOSPC|EACCES)\b/, fault);
      if (fault === undefined) assert.ok(isGone, stdout);
      // what a fault has left is deleted by the next deletion
      const { failure } = await forgetRows(path, new Set(['gone']));
      assert.equal(failure, undefined);
      assert.deepEqual((await idsIn(folder.path)).sort(), ['a', 'b', 'c', 'd'], fault);
      return fault;
    });
  });

  it('leaves each stored model complete or absent', async () => {
    await atEach(7, async (at, code) => {
      await using folder = await temporaryFolder();
      const { fault } = await run(['models', folder.path], folder.path, at, code);
      const names = await readdir(folder.path);
      // each is written twice, so that one fault keeps none away
      assert.equal(names.length, 3, fault);
      for (const name of names) {
        assert.match(name, /^\d{16}\.json$/, fault);
        assert.equal(
          JSON.parse(await readFile(join(folder.path, name), 'utf8')).digest,
          name.slice(0, 16),
          fault,
        );
      }
      return fault;
    });
  });

  it('loses no outcome that was accepted, and accepts none twice', async () => {
    // the first operations are those of the start
    for (let at = isLong ? 1 : 20; at <= (isLong ? 60 : 20); at++) {
      await using folder = await temporaryFolder();
      const env = {
        OUTCOME_KEYS: 'a key that is long enough',
        SAMPLES_MAX_BYTES: '1500',
        SAMPLES_MAX_FILES: '1000',
        LOG_LEVEL: 'silent',
      };
      const faulty = {
        ...env,
        ...faultEnv(join(folder.path, 'outcomes'), at, 'EIO'),
        NODE_OPTIONS: `--import=${programOf('fail-nth')}`,
      };
      const service = await startTestService(faulty, folder.path);
      const ids: string[] = [];
      const accepted: string[] = [];
      for (let i = 0; i < 8; i++) {
        const { body } = await postJson(`${service.api}/predict`, { age: 30, limit: 2000, history: 'good' });
        ids.push(body.id);
        const answer = await postJson(`${service.admin}/outcomes`, { id: body.id, outcome: 'good' });
        if (answer.status === 202 && answer.body.accepted === 1) accepted.push(body.id);
        else assert.equal(answer.status, 503);
      }
      await service.signal('SIGTERM');
      const again = await startTestService(env, folder.path);
      try {
        const items = ids.map((id) => ({ id, outcome: 'good' }));
        const { body } = await postJson(`${again.admin}/outcomes`, items);
        assert.equal(body.duplicate, accepted.length, `operation ${at}: ${service.stderr()}`);
        assert.equal(body.accepted, ids.length - accepted.length);
        await again.signal('SIGTERM');
        const names = (await readdir(folder.path)).filter((name) => /^outcomes.*\.jsonl$/.test(name));
        const texts = await Promise.all(names.map((name) => readFile(join(folder.path, name), 'utf8')));
        const kept = texts.join('').split('\n').filter(Boolean);
        assert.deepEqual(kept.map((line) => JSON.parse(line).id).sort(), ids.sort());
      } finally {
        await again.stop();
      }
    }
  });
});
