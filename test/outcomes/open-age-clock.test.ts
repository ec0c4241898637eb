import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { openAgeClock } from '../../src/outcomes/open-age-clock.ts';
import { holdClock } from '../support/clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe('the clock for the age of stored data', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clock: ReturnType<typeof holdClock>;
  let problems: string[];

  beforeEach(async () => {
    folder = await temporaryFolder();
    clock = holdClock();
    problems = [];
  });
  afterEach(async () => {
    mock.timers.reset();
    clock.release();
    await folder[Symbol.asyncDispose]();
  });

  const samples = () => join(folder.path, 'samples.jsonl');
  const outcomes = () => join(folder.path, 'kept/outcomes.jsonl');
  const file = () => join(folder.path, 'kept/.clock.json');
  const open = (OUTCOMES_PATH = outcomes()) =>
    openAgeClock({ SAMPLES_PATH: samples(), OUTCOMES_PATH }, (message) => problems.push(message));
  const saved = async () => JSON.parse(await readFile(file(), 'utf8'));
  async function record(path: string, ageMs: number, text = '{}\n'): Promise<void> {
    await writeFile(path, text);
    const at = new Date(Date.now() - ageMs);
    await utimes(path, at, at);
  }

  it('is trusted where nothing is stored, and keeps what it knows in a file for the group at most', async () => {
    const ages = await open();
    assert.equal(ages.now(), Date.now());
    await ages.close();
    assert.deepEqual(await saved(), { knownMs: Date.now(), doubtedForMs: 0, aheadMs: 0 });
    assert.equal((await stat(file())).mode & 0o027, 0);
    assert.deepEqual(problems, []);
  });

  it('continues with what an earlier process knew', async () => {
    await (await open()).close();
    const knownMs = Date.now();
    clock.advance(10 * dayMs);
    const ages = await open();
    assert.ok(ages.now() < knownMs + hourMs, 'a clock that is ten days ahead is not trusted yet');
    assert.equal(problems.length, 1);
    await ages.close();
  });

  it('knows the time of the newest sample or outcome if there is no file that it can read', async () => {
    await mkdir(join(folder.path, 'kept'));
    for (const [content, ages] of [
      [undefined, [10 * dayMs, 20 * dayMs]],
      ['{"knownMs":', [20 * dayMs, 10 * dayMs]],
      ['{"knownMs":1,"doubtedForMs":-1}', [20 * dayMs, 10 * dayMs]],
    ] as const) {
      if (content === undefined) await rm(file(), { force: true });
      else await writeFile(file(), content);
      await record(samples(), ages[0]);
      await record(outcomes(), ages[1]);
      const opened = await open();
      const behindMs = Date.now() - opened.now();
      assert.ok(Math.abs(behindMs - 10 * dayMs) < hourMs, `${behindMs / dayMs} days behind`);
      await opened.close();
    }
  });

  it('takes no time from an empty file', async () => {
    await record(samples(), 10 * dayMs, '');
    const ages = await open();
    assert.equal(ages.now(), Date.now());
    await ages.close();
  });

  it('saves once an hour, and no more once it is closed', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    const ages = await open();
    await ages.close();
    const again = await open();
    clock.advance(hourMs);
    mock.timers.tick(hourMs);
    await again.close();
    assert.equal((await saved()).knownMs, Date.now());
    const { mtimeMs } = await stat(file());
    await rm(file());
    mock.timers.tick(hourMs);
    await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(stat(file()), { code: 'ENOENT' }, `written again after ${mtimeMs}`);
  });

  it('says once why its file cannot be written', async () => {
    await folder.write('kept', 'a file where the folder should be');
    const ages = await open();
    await ages.close();
    await ages.close();
    assert.deepEqual(problems, [`${file()}: cannot be written: EEXIST`]);
  });

  it('stores nothing next to a device', async () => {
    // through a link: a mutant must not leave anything in /dev
    const device = join(folder.path, 'null');
    await symlink('/dev/null', device);
    const ages = await open(device);
    await ages.close();
    await assert.rejects(stat(join(folder.path, '.clock.json')), { code: 'ENOENT' });
  });
});
