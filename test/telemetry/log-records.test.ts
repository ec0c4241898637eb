import assert from 'node:assert/strict';
import { trace } from '@opentelemetry/api';
import { pino } from 'pino';
import { logRecordOf } from '../../src/telemetry/log-records.ts';

describe('a log record', () => {
  it('has the level, the time and the text of a line of the logger', () => {
    const lines: string[] = [];
    const timestamp = () => ',"time":"2026-01-02T03:04:05.678Z"';
    const logger = pino({ level: 'trace', timestamp }, { write: (line) => lines.push(line) });
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)
      logger[level]({ event: 'here', count: 3 }, `at ${level}`);
    const records = lines.map(logRecordOf);
    assert.deepEqual(
      records.map(({ severityNumber, severityText, body }) => [severityNumber, severityText, body]),
      [
        [1, 'trace', 'at trace'],
        [5, 'debug', 'at debug'],
        [9, 'info', 'at info'],
        [13, 'warn', 'at warn'],
        [17, 'error', 'at error'],
        [21, 'fatal', 'at fatal'],
      ],
    );
    assert.deepEqual(records[0].attributes, { event: 'here', count: 3 });
    assert.equal((records[0].timestamp as Date).toISOString(), '2026-01-02T03:04:05.678Z');
  });

  it('has an error by the semantic conventions', () => {
    const lines: string[] = [];
    pino({}, { write: (line: string) => lines.push(line) }).error(
      { err: new RangeError('too far') },
      'unexpected error',
    );
    const { attributes = {} } = logRecordOf(lines[0]);
    assert.equal(attributes['exception.type'], 'RangeError');
    assert.equal(attributes['exception.message'], 'too far');
    assert.match(String(attributes['exception.stacktrace']), /^RangeError: too far\n {4}at /);
    assert.equal(attributes.err, undefined);
  });

  it('belongs to the span of its request; a trace of which no span is here is an attribute', () => {
    const ids = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), trace_flags: '01' };
    const { context, attributes, body } = logRecordOf(
      JSON.stringify({ level: 30, event: 'predict', ...ids }),
    );
    assert.ok(context);
    assert.deepEqual(trace.getSpanContext(context), {
      traceId: ids.trace_id,
      spanId: ids.span_id,
      traceFlags: 1,
    });
    assert.deepEqual([attributes, body], [{ event: 'predict' }, 'predict']);
    const alone = logRecordOf(JSON.stringify({ level: 30, event: 'predict', trace_id: ids.trace_id }));
    assert.deepEqual([alone.context, alone.attributes?.trace_id], [undefined, ids.trace_id]);
  });
});
