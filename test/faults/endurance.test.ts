import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { limits } from '../../src/http/listener.ts';
import { assertAllRight, metric, scrape, startLoad } from '../support/load.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { openRaw, type RawConnection } from '../support/raw-connection.ts';
import { eventually, startTestService } from '../support/service.ts';

const collectGarbage = fileURLToPath(new URL('./programs/collect-garbage.ts', import.meta.url));
const isLong = process.env.FAULTS === 'long';
/** Half an hour at 20 requests a second; at 500 in the long form. */
const requests = isLong ? 900_000 : 36_000;
const slowClients = 300;
const slowBodies = 20;
/**
 * What a request may leave behind permanently: nothing. The bound allows for one-time allocations and the measurement.
 */
const maxBytesPerRequest = isLong ? 8 : 100;
/** V8 enlarges its young generation in steps at its own discretion; `npm start` limits each half to 16 MiB. */
const maxGrowthMiB = 100;

describe('half an hour of requests in a row', function () {
  this.timeout(isLong ? 1_800_000 : 300_000);

  it('leaves nothing in memory, while clients that never finish are cut off in time', async () => {
    const sink = await startOtlpSink();
    sink.behave = (response) => response.end('{}');
    const service = await startTestService({
      NODE_OPTIONS: `--max-semi-space-size=16 --expose-gc --import=${collectGarbage}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
      LOG_LEVEL: 'warn',
    });
    try {
      const slow = holdUp(service.api);
      // the code is compiled and every table has its size after these
      assertAllRight(await startLoad(service.api, { count: requests / 4, durationMs: 800_000 }).done);
      const before = await memory();
      const load = await startLoad(service.api, { count: requests, durationMs: 800_000 }).done;
      assertAllRight(load);
      assert.equal(load.answers, requests);
      const after = await memory();
      const perRequest = (after.usedBytes - before.usedBytes) / requests;
      const grownMiB = (after.residentBytes - before.residentBytes) / 2 ** 20;
      console.log(
        `        ${requests} requests in ${Math.round(load.durationMs / 1000)} s: ${perRequest.toFixed(1)} bytes of heap a request, resident ${Math.round(before.residentBytes / 2 ** 20)} + ${grownMiB.toFixed(1)} MiB`,
      );
      assert.ok(perRequest < maxBytesPerRequest, `${perRequest} bytes of heap a request`);
      assert.ok(grownMiB < maxGrowthMiB, `resident memory grew by ${grownMiB} MiB`);

      for (const answer of await Promise.all(slow.map(({ closed }) => closed))) {
        assert.match(
          answer,
          /^HTTP\/1\.1 408 [\s\S]*\nx-content-type-options: nosniff[\s\S]*urn:vigia:problem:request-timeout/,
        );
      }
      const timedOut = await metric(service, 'http_server_requests_unreadable_total', { reason: 'timeout' });
      assert.equal(timedOut, slowClients);
      // those whose headers were there have a route
      const lateBodies = await metric(service, 'http_server_request_duration_seconds_count', {
        http_route: '/predict',
        http_response_status_code: '408',
      });
      assert.equal(lateBodies, slowBodies);
      await eventually(async () => assert.equal(await metric(service, 'http_server_active_requests'), 0));
    } finally {
      await service.stop();
      sink.close();
    }

    /** Of three collections the one that left least: what a scrape leaves behind is added to what is in use. */
    async function memory() {
      const measured = [await collected(), await collected(), await collected()];
      return measured.reduce((least, one) => (one.usedBytes < least.usedBytes ? one : least));
    }

    async function collected() {
      const collections = async () =>
        Number(
          /^v8js_gc_duration_seconds_count\{[^}]*major[^}]*\} (\d+)/m.exec(await scrape(service))?.[1] ?? 0,
        );
      const before = await collections();
      service.process.kill('SIGUSR2');
      await eventually(async () => assert.ok((await collections()) > before));
      const text = await scrape(service);
      const values = (name: string) =>
        [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].map(([, value]) =>
          Number(value),
        );
      const sum = (numbers: number[]) => numbers.reduce((total, value) => total + value, 0);
      return {
        usedBytes: sum(values('v8js_memory_heap_used_bytes')),
        residentBytes: sum(values('process_resident_memory_bytes')),
      };
    }
  });
});

/** Clients that send a header now and then and never all of them, and some that do so with their body. */
function holdUp(api: string): RawConnection[] {
  const start = 'POST /predict HTTP/1.1\r\nhost: localhost\r\n';
  const bodyStart = `${start}content-type: application/json\r\ncontent-length: 1000\r\n\r\n{`;
  return [
    ...Array.from({ length: slowClients }, () => trickle(api, start, 'x-slow: 1\r\n')),
    ...Array.from({ length: slowBodies }, () => trickle(api, bodyStart, ' ')),
  ];
}

function trickle(api: string, start: string, more: string): RawConnection {
  const client = openRaw(api);
  const { socket } = client;
  socket.write(start);
  const timer = setInterval(() => socket.write(more), limits.headersTimeout / 5);
  socket.on('close', () => clearInterval(timer));
  return client;
}
