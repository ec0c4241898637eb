import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { assertAllRight, metric, scrape, startLoad } from '../support/load.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, readJsonLines, seriesValue, startTestService } from '../support/service.ts';

const movableClock = fileURLToPath(new URL('./programs/movable-clock.ts', import.meta.url));
const hourMs = 3_600_000;

describe('a clock that jumps backwards, by an hour and by another', () => {
  it('changes no answer, no duration, no count and no window; ids stay unique; samples tell the clock’s time', async () => {
    const sink = await startOtlpSink();
    const service = await startTestService({
      NODE_OPTIONS: `--import=${movableClock}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    });
    try {
      const ids = new Set<string>();
      const load = startLoad(service.api, { onPrediction: (id) => ids.add(id) });
      const answered = (count: number) => eventually(() => assert.ok(load.answers >= count));
      for (const jumps of [1, 2]) {
        await answered(load.answers + 300);
        service.process.kill('SIGUSR2');
        await eventually(async () => {
          const behind = Date.now() / 1000 - (await metric(service, 'process_wall_clock_seconds'));
          assert.ok(Math.abs(behind - (jumps * hourMs) / 1000) < 60, `${behind} s behind`);
        });
      }
      await answered(load.answers + 300);
      const result = await load.stop();
      assertAllRight(result);
      assert.equal(ids.size, result.answers, 'no id is given twice, though its time comes twice');

      const labels = { http_route: '/predict', http_response_status_code: '200' };
      const text = await scrape(service);
      const name = 'http_server_request_duration_seconds';
      assert.equal(seriesValue(text, `${name}_count`, labels), result.answers);
      const meanMs = (1000 * (seriesValue(text, `${name}_sum`, labels) ?? Number.NaN)) / result.answers;
      assert.ok(meanMs > 0 && meanMs < 1000, `a request took ${meanMs} ms`);
      const drift = (await (await fetch(`${service.admin}/drift`)).json()) as any;
      assert.equal(drift.windows['10m'].features[0].samples, result.answers);

      await service.signal('SIGTERM');
      const samples = await readJsonLines(service.samplesPath);
      assert.deepEqual(new Set(samples.map(({ id }) => id)), ids);
      const times = samples.map(({ time }) => Date.parse(time));
      const steps = times.slice(1).map((time, i) => time - times[i]);
      assert.equal(steps.filter((step) => step < -hourMs / 2).length, 2, 'time goes back twice');
      assert.ok(
        service
          .logLines()
          .filter(({ event }) => event === 'predict')
          .every(({ durationMs }) => Number(durationMs) > 0),
      );
      const spans = sink.spans as readonly { startTimeUnixNano?: string; endTimeUnixNano?: string }[];
      assert.ok(spans.length > 0);
      for (const { startTimeUnixNano: start = '', endTimeUnixNano: end = '' } of spans) {
        assert.ok(BigInt(end) >= BigInt(start) && start !== '', 'a span ends after it began');
      }
    } finally {
      await service.stop();
      sink.close();
    }
  });
});
