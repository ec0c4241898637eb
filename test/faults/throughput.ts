import assert from 'node:assert/strict';
import { assertAllRight, metric, startLoad } from '../support/load.ts';
import type { TestService } from '../support/service.ts';

const isLong = process.env.FAULTS === 'long';
const rounds = isLong ? 15 : 3;
const roundMs = 300;
/** V8 goes on making the code faster for about so many requests. */
const warmRequests = 20_000;

/**
 * Loads a service in trouble and its healthy twin in turns, and says what the trouble costs: the median over the
 * rounds of throughput and of CPU time per request, each as a ratio to the twin's round just before.
 *
 * The goal is a throughput of 0.95. It is printed and not asserted, as a busy machine moves it by more than that:
 * a test must not fail for what runs beside it. A service that waits for its telemetry falls to a small fraction of
 * its throughput, and that no machine can blur: below 0.5 the test fails.
 */
export async function compareThroughput(healthy: TestService, troubled: TestService): Promise<void> {
  if (isLong) for (const service of [healthy, troubled]) await warm(service);
  const ratios: { throughput: number; cpu: number }[] = [];
  for (let i = 0; i < rounds; i++) {
    const own = await measure(healthy);
    const other = await measure(troubled);
    ratios.push({ throughput: other.perSecond / own.perSecond, cpu: other.cpuSeconds / own.cpuSeconds });
  }
  const throughput = median(ratios.map((ratio) => ratio.throughput));
  const cpu = median(ratios.map((ratio) => ratio.cpu));
  console.log(
    `        throughput ${throughput.toFixed(2)} and CPU per request ${cpu.toFixed(2)} times the healthy twin’s`,
  );
  assert.ok(throughput > 0.5, `throughput fell to ${throughput.toFixed(2)} of the healthy twin’s`);
}

async function warm(service: TestService): Promise<void> {
  const answered = await metric(service, 'http_server_request_duration_seconds_count', {
    http_route: '/predict',
    http_response_status_code: '200',
  });
  if (answered < warmRequests) await startLoad(service.api, { count: warmRequests - answered }).done;
}

async function measure(service: TestService): Promise<{ perSecond: number; cpuSeconds: number }> {
  const before = await metric(service, 'process_cpu_seconds_total');
  const result = await startLoad(service.api, { durationMs: roundMs }).done;
  const used = (await metric(service, 'process_cpu_seconds_total')) - before;
  assertAllRight(result);
  return { perSecond: result.answers / result.durationMs, cpuSeconds: used / result.answers };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
