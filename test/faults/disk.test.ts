import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mountLauncher, run } from '../samples/support/child.ts';
import { linesIn } from '../samples/support/folder.ts';
import { assertAllRight, scrape, startLoad } from '../support/load.ts';
import {
  eventually,
  readJsonLines,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { compareThroughput } from './throughput.ts';

/** Control characters take six bytes each in JSON: a sample of 1.8 kB fills disk and memory soon. */
const longBody = JSON.stringify({ age: 30, limit: 2000, history: '\u0001'.repeat(256) });
const quiet = { LOG_LEVEL: 'warn' };

async function counts(service: TestService) {
  const text = await scrape(service);
  const of = (name: string, labels?: Record<string, string>) => seriesValue(text, name, labels) ?? Number.NaN;
  return {
    written: of('samples_written_total'),
    lostToDisk: of('samples_dropped_total', { reason: 'disk' }),
    lostToQueue: of('samples_dropped_total', { reason: 'queue_full' }),
    predictions:
      of('model_predictions_total', { prediction: 'good' }) +
      of('model_predictions_total', { prediction: 'bad' }),
  };
}

/** Waits until every prediction's sample is either in the file or counted as lost. */
function settled(service: TestService) {
  return eventually(async () => {
    const now = await counts(service);
    assert.equal(now.written + now.lostToDisk + now.lostToQueue, now.predictions);
    return now;
  });
}

const warnings = (service: TestService) =>
  service
    .logLines()
    .filter(({ event }) => event === 'samples')
    .map(({ msg }) => String(msg));

describe('a disk in trouble', () => {
  let healthy: TestService;

  before(async () => {
    healthy = await startTestService(quiet);
    await startLoad(healthy.api, { count: 4000 }).done;
  });
  after(() => healthy.stop());

  describe('with a small file system of its own', () => {
    let service: TestService;
    let folder: string;
    const remount = (options: string) =>
      run('nsenter', [
        `--target=${service.process.pid}`,
        '--mount',
        ...(process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials']),
        'mount',
        '-o',
        `remount,${options}`,
        'none',
        folder,
      ]);

    async function start(test: Mocha.Context, options: string): Promise<void> {
      const launcher = await mountLauncher(test);
      folder = await mkdtemp(join(tmpdir(), 'vigia-'));
      const mount = `mount -t tmpfs -o ${options} none "$0" && exec "$@"`;
      service = await startTestService(quiet, folder, [...launcher, 'sh', '-c', mount, folder]);
    }
    afterEach(() => service?.stop());
    /** The file as the service sees it. */
    const seen = () => `/proc/${service.process.pid}/root${service.samplesPath}`;

    it('read-only: changes no answer and no throughput; waiting lines are written once it is writable', async function () {
      await start(this, 'ro,size=64m');
      assertAllRight(await startLoad(service.api, { count: 1000 }).done);
      assert.equal((await counts(service)).lostToDisk, 0, 'all of them wait');
      await compareThroughput(healthy, service);
      assert.equal((await counts(service)).written, 0);
      assert.match(warnings(service).join('\n'), /EROFS/);
      await remount('rw');
      const { written } = await settled(service);
      assert.ok(written >= 1000);
      assert.equal((await readJsonLines(seen())).length, written);
    });

    it('full: changes no answer and no throughput; lost samples are counted; writing continues when there is room', async function () {
      await start(this, 'size=4m');
      const filling = startLoad(service.api, { body: longBody });
      await eventually(async () => assert.ok((await counts(service)).lostToDisk > 0), 30_000);
      const { statuses, errors, answers } = await filling.stop();
      assert.deepEqual({ statuses, errors }, { statuses: { 200: answers }, errors: {} });
      await compareThroughput(healthy, service);
      assert.match(warnings(service).join('\n'), /ENOSPC/);
      await remount('size=128m');
      await settled(service);
      assertAllRight(await startLoad(service.api, { count: 100 }).done);
      const { written, lostToDisk } = await settled(service);
      const lines = await readJsonLines(seen());
      assert.equal(lines.length, written, 'the file holds what is said to be written, and no torn line');
      assert.ok(lostToDisk > 0);
      await eventually(() =>
        assert.match(
          warnings(service).at(-1) ?? '',
          new RegExp(`written again .* ${lostToDisk} lines were dropped`),
        ),
      );
    });
  });

  it('deleted under it: changes no answer and no throughput; the folder is created again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const SAMPLES_PATH = join(folder, 'logs/input_samples.jsonl');
    const service = await startTestService({ ...quiet, SAMPLES_PATH }, folder);
    try {
      await startLoad(service.api, { count: 500 }).done;
      await settled(service);
      await rm(dirname(SAMPLES_PATH), { recursive: true });
      await compareThroughput(healthy, service);
      const { lostToDisk, predictions } = await settled(service);
      assert.equal(lostToDisk, 0);
      assert.equal((await readJsonLines(SAMPLES_PATH)).length, predictions - 500);
    } finally {
      await service.stop();
    }
  });

  it('with a limit on the size of files: no sample is lost', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const logs = join(folder, 'logs');
    const limits = ['sh', '-c', 'ulimit -f 64; exec "$@"', 'sh'];
    const service = await startTestService({ SAMPLES_PATH: join(logs, 'samples.jsonl') }, folder, limits);
    try {
      assertAllRight(await startLoad(service.api, { count: 1500 }).done);
      await service.signal('SIGTERM');
      assert.equal((await linesIn(logs)).length, 1500);
      assert.ok((await stat(join(logs, 'samples.jsonl'))).size <= 64 * 1024, 'the limit was in force');
    } finally {
      await service.stop();
    }
  });
});
