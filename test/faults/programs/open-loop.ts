/**
 * Sends predictions at a fixed rate, whether or not the answers keep up: node open-loop.ts API RATE SECONDS CLIENTS.
 * Prints what became of them as JSON. A request's latency counts from the moment when it was due; one that is due
 * while all clients wait for an answer is not sent.
 */
import { type Connection, openConnection, predictRequest } from '../../support/connection.ts';

export type OpenLoopResult = {
  /** Answers with status 200 a second, and the latency of all but 1 % of them. */
  readonly acceptedPerSecond: number;
  readonly acceptedP99Ms: number;
  readonly shed: number;
  readonly shedP99Ms: number;
  /** Answers with status 503 that do not say when to come again. */
  readonly withoutRetryAfter: number;
  readonly otherAnswers: readonly number[];
  readonly failed: number;
  readonly notSent: number;
  readonly sentPerSecond: number;
};

const [api, rate, seconds, clients] = process.argv.slice(2);
const request = predictRequest('{"age":30,"limit":2000,"history":"good"}');
/** Answered once the service has taken the connection; that it is there the system says before. */
const greeting = 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n';
const idle: Connection[] = Array.from({ length: Number(clients) }, () => openConnection(api));
for (let i = 0; i < idle.length; i += 100) {
  await Promise.all(idle.slice(i, i + 100).map((connection) => connection.send(greeting)));
}
const accepted: number[] = [];
const shed: number[] = [];
const otherAnswers: number[] = [];
let withoutRetryAfter = 0;
let failed = 0;
let notSent = 0;
let sent = 0;
let due = 0;
const startedMs = performance.now();
const { promise: allDue, resolve: end } = Promise.withResolvers<void>();
const underWay = new Set<Promise<void>>();

async function send(connection: Connection, dueMs: number): Promise<void> {
  try {
    const { status, head } = await connection.send(request);
    const latencyMs = performance.now() - dueMs;
    if (status === 200) accepted.push(latencyMs);
    else if (status === 503) shed.push(latencyMs);
    else otherAnswers.push(status);
    if (status === 503 && !head.includes('\nretry-after: ')) withoutRetryAfter++;
  } catch {
    failed++;
  }
  idle.push(connection);
}

const timer = setInterval(() => {
  const elapsedMs = performance.now() - startedMs;
  if (elapsedMs > Number(seconds) * 1000) {
    clearInterval(timer);
    end();
  }
  for (; due < (elapsedMs * Number(rate)) / 1000; due++) {
    const connection = idle.pop();
    if (connection === undefined) {
      notSent++;
      continue;
    }
    sent++;
    const sending = send(connection, startedMs + (due * 1000) / Number(rate));
    underWay.add(sending);
    sending.then(() => underWay.delete(sending));
  }
}, 1);
await allDue;
await Promise.all(underWay);
for (const connection of idle) connection.close();

const p99 = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0;
const result: OpenLoopResult = {
  acceptedPerSecond: accepted.length / Number(seconds),
  acceptedP99Ms: p99(accepted),
  shed: shed.length,
  shedP99Ms: p99(shed),
  withoutRetryAfter,
  otherAnswers,
  failed,
  notSent,
  sentPerSecond: sent / Number(seconds),
};
console.log(JSON.stringify(result));
