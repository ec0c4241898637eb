import assert from 'node:assert/strict';
import { assertAllRight, metric, startLoad } from '../support/load.ts';
import { eventually, readJsonLines, startTestService, type TestService } from '../support/service.ts';
import { compareThroughput } from './throughput.ts';

/** Control characters take six bytes each in JSON: with these a log line has 2 kB. */
const longBody = JSON.stringify({ age: 30, limit: 2000, history: '\u0001'.repeat(256) });

describe('standard output in trouble', function () {
  this.timeout(60_000);
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

  it('that nobody reads changes no answer and no throughput; lost lines are counted; it goes on with its reader', async () => {
    service.process.stdout?.pause();
    const filling = startLoad(service.api, { body: longBody });
    await eventually(async () => assert.ok((await dropped()) > 0), 20_000);
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
});
