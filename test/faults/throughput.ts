import assert from 'node:assert/strict';
import { assertAllRight, metric, startLoad } from '../support/load.ts';
import type { TestService } from '../support/service.ts';

const isLong = process.env.FAULTS === 'long';
const rounds = isLong ? 31 : 5;
const roundMs = isLong ? 150 : 200;
/** V8 goes on making the code faster for about 20,000 requests, and most of it for the first few thousand. */
const fullyWarmRequests = 20_000;
const warmRequests = isLong ? fullyWarmRequests : 4000;
/** The minimum throughput, as a ratio, during a fault of the telemetry. */
const minRatio = isLong ? 0.95 : 0.5;
/**
 * Rounds cut off at either end for the interval of the median. Of 31 rounds it misses the true one in 1 of 100
 * comparisons, whatever the distribution: Bin(31, 1/2) ≤ 8 has a probability of 0.5 %.
 */
const trimmed = isLong ? 8 : 0;

type Ratios = { readonly throughput: number; readonly cpu: number };

/**
 * Puts load on a failing service and its healthy twin in turn, and measures what the fault costs: the median over the
 * rounds of throughput and of CPU time per request, each as a ratio to the twin's in the same round. Which of the two
 * goes first changes from round to round, and whatever else the machine does falls on both.
 *
 * It fails when the rounds show that the throughput fell below 0.95, that is when all of the median's interval lies
 * below. On a machine that is busy with other things the interval is wide, so that nothing is shown; on a quiet one
 * it has a few hundredths. The short form has too few rounds for that: a service that waits for
 * its telemetry falls to a small fraction of its throughput in every round, and that is what it finds.
 */
export async function compareThroughput(healthy: TestService, troubled: TestService): Promise<void> {
  const both = [healthy, troubled];
  // one that has answered more requests would be the faster of the two
  const most = Math.max(warmRequests, ...(await Promise.all(both.map(answeredBy))));
  for (const service of both) await warm(service, Math.min(most, fullyWarmRequests));
  const ratios: Ratios[] = [];
  for (let i = 0; i < rounds; i++) ratios.push(await compareOnce(healthy, troubled, i % 2 === 0));
  const throughput = ratios.map((ratio) => ratio.throughput).sort((a, b) => a - b);
  const cpu = ratios.map((ratio) => ratio.cpu).sort((a, b) => a - b);
  const interval = [throughput[trimmed], throughput[rounds - 1 - trimmed]];
  const between = interval.map((ratio) => ratio.toFixed(2)).join(' to ');
  console.log(
    `        throughput ${middle(throughput).toFixed(2)} (${between}) and CPU per request ${middle(cpu).toFixed(2)} times the healthy twin’s`,
  );
  assert.ok(interval[1] >= minRatio, `throughput fell to ${between} of the healthy twin’s`);
}

async function compareOnce(
  healthy: TestService,
  troubled: TestService,
  isHealthyFirst: boolean,
): Promise<Ratios> {
  const first = await measure(isHealthyFirst ? healthy : troubled);
  const second = await measure(isHealthyFirst ? troubled : healthy);
  const [own, other] = isHealthyFirst ? [first, second] : [second, first];
  return { throughput: other.perSecond / own.perSecond, cpu: other.cpuSeconds / own.cpuSeconds };
}

async function warm(service: TestService, requests: number): Promise<void> {
  const answered = await answeredBy(service);
  if (answered < requests) await startLoad(service.api, { count: requests - answered }).done;
}

const answeredBy = (service: TestService) =>
  metric(service, 'http_server_request_duration_seconds_count', {
    http_route: '/predict',
    http_response_status_code: '200',
  });

async function measure(service: TestService): Promise<{ perSecond: number; cpuSeconds: number }> {
  const before = await metric(service, 'process_cpu_seconds_total');
  const result = await startLoad(service.api, { durationMs: roundMs }).done;
  const used = (await metric(service, 'process_cpu_seconds_total')) - before;
  assertAllRight(result);
  return { perSecond: result.answers / result.durationMs, cpuSeconds: used / result.answers };
}

function middle(sorted: readonly number[]): number {
  return sorted[sorted.length >> 1];
}
