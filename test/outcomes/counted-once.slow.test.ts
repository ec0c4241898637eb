import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  eventually,
  postJson,
  readJsonLines,
  root,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const dayMs = 86_400_000;
const movableClock = fileURLToPath(new URL('../faults/programs/movable-clock.ts', import.meta.url));

describe('an accepted outcome is seen by Prometheus once, whenever the process ends', () => {
  let folder: string;
  const running: TestService[] = [];
  /** What the scrapes of each process have added, as `increase()` sees it. */
  let seen: Map<TestService, { outcomes: number; delays: number }>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-counted-'));
    seen = new Map();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  async function start(env: Record<string, string> = {}): Promise<TestService> {
    const service = await startTestService({ OUTCOME_KEYS: 'a key for counting once', ...env }, folder);
    running.push(service);
    return service;
  }

  const sum = (text: string, name: string) =>
    [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );

  /** A scrape as Prometheus makes it. @returns what all scrapes of all processes have added by then */
  async function scrape(service: TestService): Promise<number> {
    const response = await fetch(`${service.admin}/metrics`);
    assert.equal(response.status, 200);
    const text = await response.text();
    const outcomes = sum(text, 'model_outcomes_total');
    const delays = sum(text, 'model_outcome_delay_seconds_count');
    seen.set(service, { outcomes, delays });
    return total('outcomes');
  }
  const total = (what: 'outcomes' | 'delays') => [...seen.values()].reduce((all, one) => all + one[what], 0);

  async function predict(service: TestService, count: number): Promise<string[]> {
    const made = Array.from({ length: count }, () => postJson(`${service.api}/predict`, row));
    return (await Promise.all(made)).map(({ body }) => body.id);
  }
  const report = async (service: TestService, ids: readonly string[]) =>
    (
      await postJson(
        `${service.admin}/outcomes`,
        ids.map((id) => ({ id, outcome: 'good' })),
      )
    ).body;
  const take = async (service: TestService, count: number) => {
    const ids = await predict(service, count);
    assert.equal((await report(service, ids)).accepted, count);
    return ids;
  };
  const said = (service: TestService) =>
    service.logLines().flatMap(({ event, msg }) => (event === 'outcomes' ? [String(msg)] : []));
  const stateFiles = async () => (await readdir(folder)).filter((name) => /slot-\d+\.json$/.test(name));

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`by ${signal}, before a scrape and after one`, async () => {
      const first = await start();
      await take(first, 20);
      assert.equal(await scrape(first), 20);
      const unseen = await take(first, 30);
      await first.signal(signal);

      const second = await start();
      // at first its series are where they start, so that the next scrape sees all of the increase
      assert.equal(await scrape(second), 20);
      assert.deepEqual(await report(second, unseen), { accepted: 0, duplicate: 30, expired: 0, invalid: [] });
      await take(second, 5);
      assert.equal(await scrape(second), 55);
      assert.equal(total('delays'), 55);
      await second.signal(signal);

      const third = await start();
      await scrape(third);
      assert.equal(await scrape(third), 55);
      assert.equal(total('delays'), 55);
      assert.deepEqual([first, second, third].flatMap(said), []);
      assert.deepEqual(await stateFiles(), ['.outcomes.jsonl.slot-1.json']);
    });
  }

  it('one that was shown while the disk refused the note of it does not count again after a stop', async () => {
    const first = await start();
    await take(first, 4);
    assert.equal(await scrape(first), 4);
    await take(first, 3);
    // a folder cannot be replaced by a file
    const state = join(folder, '.outcomes.jsonl.slot-1.json');
    await rename(state, `${state}.aside`);
    await mkdir(state);
    assert.equal(await scrape(first), 7);
    await eventually(() =>
      assert.match(said(first).join(), /outcomes exposed to Prometheus since may be counted again/),
    );
    await rm(state, { recursive: true });
    await rename(`${state}.aside`, state);
    await first.signal('SIGTERM');

    const second = await start();
    await scrape(second);
    assert.equal(await scrape(second), 7);
  });

  it('one that comes before the first scrape of a later process counts after it', async () => {
    const first = await start();
    await take(first, 3);
    assert.equal(await scrape(first), 3);
    await first.signal('SIGKILL');
    const second = await start();
    await take(second, 10);
    // otherwise Prometheus would see an increase from 3 to 10, not from 0
    assert.equal(await scrape(second), 3);
    assert.equal(await scrape(second), 13);
  });

  it('with a maturity, also what is not due at the end and what becomes due while no process runs', async () => {
    // within the day by which a clock may jump and still be trusted
    const env = (stepDays: number) => ({
      OUTCOME_MATURITY_DAYS: '0.25',
      NODE_OPTIONS: `--import=${movableClock}`,
      CLOCK_STEP_MS: String(stepDays * dayMs),
    });
    const first = await start(env(0.4));
    const ids = await predict(first, 8);
    assert.equal((await report(first, ids.slice(0, 4))).accepted, 4);
    assert.equal(await scrape(first), 0);
    first.process.kill('SIGUSR2');
    await eventually(async () => assert.equal(await scrape(first), 4));
    assert.equal((await report(first, ids.slice(4))).accepted, 4);
    const early = await predict(first, 6);
    assert.equal((await report(first, early)).accepted, 6);
    await first.signal('SIGKILL');

    // its clock is behind that of the first, and then ahead of it
    const second = await start(env(0.9));
    await report(second, []);
    await scrape(second);
    assert.equal(await scrape(second), 4);
    assert.equal(total('delays'), 14);
    second.process.kill('SIGUSR2');
    await eventually(async () => assert.equal(await scrape(second), 14));
    await second.signal('SIGKILL');

    const third = await start(env(0.9));
    await scrape(third);
    third.process.kill('SIGUSR2');
    await eventually(async () => {
      const text = await (await fetch(`${third.admin}/metrics`)).text();
      assert.ok((seriesValue(text, 'process_wall_clock_seconds') ?? 0) * 1000 > Date.now() + 0.8 * dayMs);
    });
    await scrape(third);
    assert.equal(await scrape(third), 14);
    assert.equal(total('delays'), 14);
  });

  it('of two processes with one path, and whichever of them starts again', async () => {
    const [one, other] = [await start(), await start()];
    await take(one, 10);
    await take(other, 20);
    assert.equal(await scrape(one), 10);
    assert.equal(await scrape(other), 30);
    await take(one, 3);
    await take(other, 4);
    await other.signal('SIGKILL');
    const again = await start();
    await scrape(again);
    // what the running process has accepted, it has to count itself
    assert.equal(await scrape(again), 34);
    await take(again, 5);
    await one.signal('SIGKILL');
    await again.signal('SIGKILL');
    const alone = await start();
    await scrape(alone);
    assert.equal(await scrape(alone), 42);
    const lines = await readJsonLines(alone.outcomesPath);
    assert.equal(lines.length, 42);
    assert.equal(new Set(lines.map(({ slot, line }) => `${slot} ${line}`)).size, 42);
    // the abandoned slot is free again once all of it has been counted
    const last = await start();
    await take(last, 1);
    assert.equal((await readJsonLines(last.outcomesPath)).at(-1).slot, 2);
    assert.equal((await stateFiles()).length, 2);
  });

  it('but for those that were deleted meanwhile', async () => {
    const first = await start();
    await take(first, 5);
    assert.equal(await scrape(first), 5);
    const ids = await take(first, 6);
    await first.signal('SIGKILL');
    const forget = ['bin/vigia.cjs', 'samples', '--forget', ids[0], '--forget', ids[5]];
    const files = ['--live', first.samplesPath, '--outcomes', first.outcomesPath];
    await promisify(execFile)(process.execPath, [...forget, ...files], {
      cwd: root,
      env: { ...process.env, SAMPLES_PATH: first.samplesPath, OUTCOMES_PATH: first.outcomesPath },
    }).catch((error) => assert.fail(error.stderr));
    const second = await start();
    await scrape(second);
    assert.equal(await scrape(second), 9);
    assert.equal((await report(second, ids)).duplicate, 6);
    await take(second, 2);
    assert.equal(await scrape(second), 11);
  });

  it('and for lines of a version that did not number them, of which nothing is counted again', async () => {
    const first = await start();
    const ids = await take(first, 7);
    await first.signal('SIGTERM');
    const lines = await readJsonLines(first.outcomesPath);
    const before = lines.map(({ slot, line, lastLine, ...outcome }) => `${JSON.stringify(outcome)}\n`);
    await writeFile(first.outcomesPath, before.join(''));
    for (const name of await stateFiles()) await rm(join(folder, name));
    const second = await start();
    assert.equal((await report(second, ids)).duplicate, 7);
    await scrape(second);
    assert.equal(await scrape(second), 0);
    await take(second, 3);
    await second.signal('SIGKILL');
    const third = await start();
    await scrape(third);
    assert.equal(await scrape(third), 3);
  });

  it('where the process ended in the middle of a write, of which nobody was told', async () => {
    const first = await start();
    await take(first, 2);
    assert.equal(await scrape(first), 2);
    const ids = await take(first, 4);
    await first.signal('SIGKILL');
    // as a write that came halfway leaves it: two whole lines of four, and half of the next
    const text = await readFile(first.outcomesPath, 'utf8');
    const lines = text.split('\n');
    await writeFile(first.outcomesPath, [...lines.slice(0, 4), lines[4].slice(0, 50)].join('\n'));
    const second = await start();
    assert.deepEqual(await report(second, ids), { accepted: 4, duplicate: 0, expired: 0, invalid: [] });
    assert.deepEqual(await report(second, ids), { accepted: 0, duplicate: 4, expired: 0, invalid: [] });
    await scrape(second);
    assert.equal(await scrape(second), 6);
    const kept = (await readJsonLines(second.outcomesPath)).map(({ id }) => id);
    assert.equal(kept.length, new Set(kept).size);
    assert.equal(kept.length, 6);
  });

  it('where what was counted is not known any more: nothing twice', async () => {
    const first = await start();
    await take(first, 4);
    assert.equal(await scrape(first), 4);
    await first.signal('SIGKILL');
    const [state] = await stateFiles();
    await writeFile(join(folder, state), '{"owner":');
    const second = await start();
    await scrape(second);
    assert.equal(await scrape(second), 4);
    assert.match(said(second).join(), /slot-1\.json: cannot be used: .* will not be counted/);
    await take(second, 2);
    await second.signal('SIGKILL');
    const third = await start();
    await scrape(third);
    assert.equal(await scrape(third), 6);
  });

  it('whatever number stands in the name of a file beside it', async () => {
    await writeFile(join(folder, '.outcomes.jsonl.slot-999999999999.json'), '{}');
    const first = await start();
    await take(first, 2);
    assert.equal(await scrape(first), 2);
  });

  it('where that cannot be written: scrapes are answered, and it is said once', async () => {
    const first = await start();
    const [state] = await stateFiles();
    await rm(join(folder, state));
    await mkdir(join(folder, state, 'in the way'), { recursive: true });
    for (let i = 1; i <= 3; i++) {
      await take(first, 1);
      assert.equal(await scrape(first), i);
    }
    // the log's lines are written a moment later
    await eventually(() =>
      assert.equal(said(first).filter((line) => line.includes('may be counted again')).length, 1),
    );
    await rm(join(folder, state), { recursive: true });
    assert.equal(await scrape(first), 3);
    await first.signal('SIGKILL');
    const second = await start();
    await scrape(second);
    assert.equal(await scrape(second), 3);
  });
});
