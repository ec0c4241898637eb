import assert from 'node:assert/strict';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { createRequestSampler, parseTraceparent } from '../../src/telemetry/request-sampling.ts';

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''));
const parent = '00f067aa0ba902b7';
const header = (traceId: string, flags: string) => `00-${traceId}-${parent}-${flags}`;
const someTrace = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('traceparent', () => {
  const invalid = [
    undefined,
    '',
    'hello',
    header('0'.repeat(32), '01'),
    `00-${someTrace}-${'0'.repeat(16)}-01`,
    `ff-${someTrace}-${parent}-01`,
    header(someTrace.toUpperCase(), '01'),
    header(`${someTrace}0`, '01'),
  ];
  for (const text of invalid) {
    it(`is none in ${JSON.stringify(text)}`, () => assert.equal(parseTraceparent(text), undefined));
  }
  it('is read with its flag', () => {
    assert.deepEqual(parseTraceparent(header(someTrace, '03')), {
      traceId: someTrace,
      spanId: parent,
      sampled: true,
    });
    assert.equal(parseTraceparent(header(someTrace, '02'))?.sampled, false);
    assert.equal(parseTraceparent(`01-${someTrace}-${parent}-01-later`)?.sampled, true);
  });
});

describe('the request sampler', () => {
  it('honours the caller’s flag with parentbased_*, and asks its root without', () => {
    for (const [name, without] of [
      ['parentbased_always_on', true],
      ['parentbased_always_off', false],
    ] as const) {
      const sample = createRequestSampler(name, 1);
      assert.equal(sample(header(someTrace, '01')), true);
      assert.equal(sample(header(someTrace, '00')), false);
      assert.equal(sample(undefined), without);
      assert.equal(sample('damaged'), without);
    }
  });

  it('leaves the caller’s flag aside otherwise', () => {
    assert.equal(createRequestSampler('always_on', 1)(header(someTrace, '00')), true);
    assert.equal(createRequestSampler('always_off', 1)(header(someTrace, '01')), false);
  });

  it('decides a ratio by the trace id as OpenTelemetry does', () => {
    fc.assert(
      fc.property(hex(32), fc.double({ min: 0, max: 1, noNaN: true }), (traceId, ratio) => {
        fc.pre(!/^0+$/.test(traceId));
        const theirs = new TraceIdRatioBasedSampler(ratio).shouldSample(ROOT_CONTEXT, traceId);
        const ours = createRequestSampler('traceidratio', ratio)(header(traceId, '00'));
        assert.equal(ours, theirs.decision === SamplingDecision.RECORD_AND_SAMPLED);
      }),
    );
  });

  it('decides a ratio by chance where there is no trace yet', () => {
    const sample = createRequestSampler('parentbased_traceidratio', 0.25);
    const count = Array.from({ length: 20_000 }, () => sample(undefined)).filter(Boolean).length;
    // 5,000 expected, standard deviation 61
    assert.ok(Math.abs(count - 5000) < 450, `${count}`);
    assert.equal(createRequestSampler('parentbased_traceidratio', 0)(undefined), false);
    assert.equal(createRequestSampler('parentbased_traceidratio', 1)(undefined), true);
  });
});
