import assert from 'node:assert/strict';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { createCallerTrace } from '../../src/telemetry/propagation.ts';
import { createRequestSampler } from '../../src/telemetry/request-sampling.ts';

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''));
const parent = '00f067aa0ba902b7';
const header = (traceId: string, flags: string) => ({ traceparent: `00-${traceId}-${parent}-${flags}` });
const callerTrace = createCallerTrace(['tracecontext', 'baggage']);
const someTrace = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the request sampler', () => {
  it('honours the caller’s flag with parentbased_*, and uses its root sampler without one', () => {
    for (const [name, without] of [
      ['parentbased_always_on', true],
      ['parentbased_always_off', false],
    ] as const) {
      const sample = createRequestSampler(name, 1, callerTrace);
      assert.equal(sample(header(someTrace, '01')), true);
      assert.equal(sample(header(someTrace, '00')), false);
      assert.equal(sample({}), without);
      assert.equal(sample({ traceparent: 'damaged' }), without);
    }
  });

  it('ignores the caller’s flag otherwise', () => {
    assert.equal(createRequestSampler('always_on', 1, callerTrace)(header(someTrace, '00')), true);
    assert.equal(createRequestSampler('always_off', 1, callerTrace)(header(someTrace, '01')), false);
  });

  it('decides a ratio by the trace id as OpenTelemetry does', () => {
    fc.assert(
      fc.property(hex(32), fc.double({ min: 0, max: 1, noNaN: true }), (traceId, ratio) => {
        fc.pre(!/^0+$/.test(traceId));
        const theirs = new TraceIdRatioBasedSampler(ratio).shouldSample(ROOT_CONTEXT, traceId);
        const ours = createRequestSampler('traceidratio', ratio, callerTrace)(header(traceId, '00'));
        assert.equal(ours, theirs.decision === SamplingDecision.RECORD_AND_SAMPLED);
      }),
    );
  });

  it('decides a ratio at random if there is no trace yet', () => {
    const sample = createRequestSampler('parentbased_traceidratio', 0.25, callerTrace);
    const count = Array.from({ length: 20_000 }, () => sample({})).filter(Boolean).length;
    // 5,000 expected, standard deviation 61
    assert.ok(Math.abs(count - 5000) < 450, `${count}`);
    assert.equal(createRequestSampler('parentbased_traceidratio', 0, callerTrace)({}), false);
    assert.equal(createRequestSampler('parentbased_traceidratio', 1, callerTrace)({}), true);
  });
});
