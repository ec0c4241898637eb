import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, seriesValue, startTestService } from '../support/service.ts';

const row = JSON.stringify({ age: 30, limit: 2000, history: 'good' });
const collectGarbage = fileURLToPath(new URL('../faults/programs/collect-garbage.ts', import.meta.url));
const json = { 'content-type': 'application/json' };

describe('spans that wait for a Collector that hangs', () => {
  it('take some MiB, however long the headers and addresses of their requests are', async () => {
    const sink = await startOtlpSink();
    sink.behave = () => {};
    const service = await startTestService({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
      LOG_LEVEL: 'silent',
      NODE_OPTIONS: `--expose-gc --import=${collectGarbage}`,
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    /** What is in use. Resident memory would tell of how much garbage the process allows itself, too. */
    const usedMiB = async () => {
      service.process.kill('SIGUSR2');
      const metrics = await (await fetch(`${service.admin}/metrics`)).text();
      const spaces = [...metrics.matchAll(/^v8js_memory_heap_used_bytes\S* (\d+)$/gm)].map(([, bytes]) =>
        Number(bytes),
      );
      assert.ok(spaces.length > 0);
      return spaces.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20;
    };
    /** Every span of them has long texts of its own. */
    const headers = (i: number) => ({
      ...json,
      'user-agent': `${i} ${'u'.repeat(6000)}`,
      'x-forwarded-for': `203.0.113.195, ${i} ${'f'.repeat(4000)}`,
      traceparent: `cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-${'t'.repeat(1000)}`,
    });
    const send = (i: number) =>
      new Promise<void>((resolve, reject) => {
        const path = `/predict?n=${i}${'q'.repeat(2000)}`;
        request(`${service.api}${path}`, { method: 'POST', agent, headers: headers(i) }, (answer) => {
          answer.resume().on('end', resolve).on('error', reject);
        })
          .on('error', reject)
          .end(row);
      });
    try {
      const before = await usedMiB();
      for (let i = 0; i < 4000; i += 50) await Promise.all(Array.from({ length: 50 }, (_, n) => send(i + n)));
      const metrics = await (await fetch(`${service.admin}/metrics`)).text();
      const dropped = seriesValue(metrics, 'otel_spans_dropped_total', { reason: 'queue_full' }) ?? 0;
      assert.ok(dropped > 2048, 'the queue is full');
      await eventually(async () => {
        const grown = (await usedMiB()) - before;
        assert.ok(grown < 8, `${grown} MiB`);
      });
    } finally {
      agent.destroy();
      await service.stop();
      sink.close();
    }
  });
});
