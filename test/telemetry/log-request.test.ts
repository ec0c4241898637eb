import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LogDestination } from '../../src/telemetry/log-destination.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createRequestLog, type RequestEntry } from '../../src/telemetry/request-log.ts';

function collect(level = 'info', sampleRatio = 1) {
  const lines: string[] = [];
  const destination: LogDestination = {
    write: (line) => lines.push(line),
    flushSync: () => {},
    close: async () => {},
    droppedLines: 0,
  };
  const logger = createLogger({ level, name: 'credit-api', destination });
  return { lines, logger, logRequest: createRequestLog({ logger, destination, sampleRatio }) };
}

const entry: RequestEntry = {
  event: 'predict',
  route: '/predict',
  method: 'POST',
  status: 200,
  durationMs: 1.23456,
  requestId: 'r-1',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceFlags: 1,
  model: '"model":"credit","version":"2"',
  prediction: 'good',
  score: 0.1 + 0.2,
  payload: '{"age":30}',
};

/** Lone surrogates and control characters too. */
const anyCodeUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code));

describe('the request log', () => {
  it('writes what pino would', () => {
    const { lines, logger, logRequest } = collect();
    logRequest(entry);
    logger.info({
      event: 'predict',
      route: '/predict',
      method: 'POST',
      status: 200,
      durationMs: 1.235,
      requestId: 'r-1',
      trace_id: entry.traceId,
      span_id: entry.spanId,
      trace_flags: '01',
      model: 'credit',
      version: '2',
      prediction: 'good',
      score: 0.1 + 0.2,
      payload: { age: 30 },
    });
    const [ours, pinos] = lines.map((line) => ({ ...JSON.parse(line), time: '' }));
    assert.deepEqual(ours, pinos);
    assert.deepEqual(Object.keys(ours), Object.keys(pinos));
    assert.equal(ours.name, 'credit-api');
    assert.match(JSON.parse(lines[0]).time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(lines[0], /\}\n$/);
  });

  it('omits what does not exist', () => {
    const { lines, logRequest } = collect();
    logRequest({ event: 'request', route: '', method: 'GET', status: 404, durationMs: 0, requestId: 'x' });
    const { time, pid, hostname, ...rest } = JSON.parse(lines[0]);
    assert.deepEqual(rest, {
      level: 40,
      name: 'credit-api',
      event: 'request',
      route: '',
      method: 'GET',
      status: 404,
      durationMs: 0,
      requestId: 'x',
    });
  });

  it('is one line of JSON whatever the client sends', () => {
    const { lines, logRequest } = collect();
    const text = fc.oneof(
      fc.string({ unit: anyCodeUnit }),
      fc.constant('\n{"level":60}\r\n\u2028\u001b[31m"\\'),
    );
    fc.assert(
      fc.property(text, text, text, text, (route, method, requestId, traceId) => {
        lines.length = 0;
        logRequest({ ...entry, route, method, requestId, traceId });
        // JSON itself allows no control character; what is left is that the only line end is the last character.
        assert.equal(lines[0].indexOf('\n'), lines[0].length - 1);
        const found = JSON.parse(lines[0]);
        assert.deepEqual(
          [found.route, found.method, found.requestId, found.trace_id],
          [route, method, requestId, traceId],
        );
      }),
    );
  });

  it('obeys the level, by status', () => {
    const statusesAt = (level: string) => {
      const { lines, logRequest } = collect(level);
      for (const status of [200, 304, 400, 499, 500, 503]) logRequest({ ...entry, status });
      return lines.map((line) => [JSON.parse(line).status, JSON.parse(line).level]);
    };
    const all = [
      [200, 30],
      [304, 30],
      [400, 40],
      [499, 40],
      [500, 50],
      [503, 50],
    ];
    assert.deepEqual(statusesAt('trace'), all);
    assert.deepEqual(statusesAt('info'), all);
    assert.deepEqual(statusesAt('warn'), all.slice(2));
    assert.deepEqual(statusesAt('error'), all.slice(4));
    assert.deepEqual(statusesAt('silent'), []);
  });

  it('samples the successes, never the errors', () => {
    const countAt = (ratio: number, status: number) => {
      const { lines, logRequest } = collect('info', ratio);
      for (let i = 0; i < 10_000; i++) logRequest({ ...entry, status });
      return lines.length;
    };
    assert.equal(countAt(0, 200), 0);
    assert.equal(countAt(1, 200), 10_000);
    // Six standard deviations of a binomial.
    assert.ok(Math.abs(countAt(0.25, 200) - 2500) < 6 * Math.sqrt(10_000 * 0.25 * 0.75));
    assert.equal(countAt(0, 400), 10_000);
    assert.equal(countAt(0.25, 503), 10_000);
  });
});
