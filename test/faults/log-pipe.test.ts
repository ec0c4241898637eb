import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../support/free-port.ts';
import { assertAllRight, metric, startLoad } from '../support/load.ts';
import { eventually, readJsonLines, root, startTestService, type TestService } from '../support/service.ts';
import { compareThroughput } from './throughput.ts';

/** Control characters take six bytes each in JSON: with these a log line has 2 kB. */
const longBody = JSON.stringify({ age: 30, limit: 2000, history: '\u0001'.repeat(256) });

describe('standard output in trouble', () => {
  let healthy: TestService;
  let service: TestService;

  before(async () => {
    healthy = await startTestService();
    await startLoad(healthy.api, { count: 4000 }).done;
  });
  beforeEach(async () => {
    service = await startTestService();
  });
  afterEach(() => service.stop());
  after(() => healthy.stop());

  const dropped = () => metric(service, 'log_lines_dropped_total');
  const predictions = async () =>
    (await metric(service, 'model_predictions_total', { prediction: 'good' })) +
    (await metric(service, 'model_predictions_total', { prediction: 'bad' }));

  it('that nobody reads changes no answer and no throughput; lost lines are counted; it continues with its reader', async () => {
    service.process.stdout?.pause();
    const filling = startLoad(service.api, { body: longBody });
    await eventually(async () => assert.ok((await dropped()) > 0));
    const { statuses, errors, answers } = await filling.stop();
    assert.deepEqual({ statuses, errors }, { statuses: { 200: answers }, errors: {} });
    await compareThroughput(healthy, service);

    service.process.stdout?.resume();
    await eventually(async () => {
      const before = await dropped();
      assertAllRight(await startLoad(service.api, { count: 10 }).done);
      assert.equal(await dropped(), before, 'nothing is lost any more');
    });
    const expected = (await predictions()) - (await dropped());
    await service.signal('SIGTERM');
    const logged = service.logLines().filter(({ event }) => event === 'predict');
    assert.equal(logged.length, expected, 'every line is either written or counted as lost');
  });

  it('that is closed changes no answer and no throughput; lost lines are counted; the rest is kept', async () => {
    service.process.stdout?.destroy();
    assertAllRight(await startLoad(service.api, { count: 1500 }).done);
    await eventually(async () => assert.ok((await dropped()) >= 1500));
    await compareThroughput(healthy, service);
    const expected = await predictions();
    const { code } = await service.signal('SIGTERM');
    assert.equal(code, 0);
    assert.equal((await readJsonLines(service.samplesPath)).length, expected);
  });

  it('and standard error, too, before any output: the service starts and answers', async () => {
    const port = await freePort();
    const child = spawn(process.execPath, ['--import', './otel/register.ts', 'src/server.ts'], {
      cwd: root,
      env: {
        ...process.env,
        PORT: String(port),
        ADMIN_PORT: '0',
        MAX_EVENT_LOOP_DELAY_MS: '5000',
        SAMPLES_PATH: `${service.folder}/beside.jsonl`,
        OUTCOMES_PATH: `${service.folder}/outcomes-beside.jsonl`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    child.stdout.destroy();
    child.stderr.destroy();
    try {
      const api = `http://127.0.0.1:${port}`;
      await eventually(async () => assert.equal((await fetch(`${api}/ready`)).status, 200));
      assertAllRight(await startLoad(api, { count: 100 }).done);
    } finally {
      child.kill('SIGTERM');
    }
    assert.deepEqual(await exited, [0, null]);
  });
});
