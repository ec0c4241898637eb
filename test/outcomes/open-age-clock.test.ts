import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { rotatedPath } from '../../src/files/rotated-files.ts';
import { openAgeClock } from '../../src/outcomes/open-age-clock.ts';
import { holdClock } from '../support/clock.ts';
import { eventually } from '../support/service.ts';
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

  it('knows the time of the newest file that was rotated if nothing has been written since', async () => {
    for (const days of [30, 20, 10]) {
      await writeFile(rotatedPath(samples(), Date.now() - days * dayMs), '{}\n');
    }
    const ages = await open();
    assert.ok(Math.abs(Date.now() - ages.now() - 10 * dayMs) < hourMs);
    await ages.close();
  });

  it('takes no time from an empty file', async () => {
    await record(samples(), 10 * dayMs, '');
    const ages = await open();
    assert.equal(ages.now(), Date.now());
    await ages.close();
  });

  it('saves at once and once an hour, and no more once it is closed', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    const ages = await open();
    const isSaved = () => eventually(async () => assert.equal((await saved()).knownMs, Date.now()));
    await isSaved();
    clock.advance(hourMs);
    mock.timers.tick(hourMs);
    await isSaved();
    await ages.close();
    await rm(file());
    mock.timers.tick(hourMs);
    // more than a write would take
    for (let i = 0; i < 20; i++) await assert.rejects(stat(file()), { code: 'ENOENT' });
  });

  it('says once why its file cannot be written', async () => {
    await folder.write('kept', 'a file where the folder should be');
    const ages = await open();
    await ages.close();
    await ages.close();
    assert.deepEqual(problems, [`${file()}: cannot be written: EEXIST`]);
  });
});
