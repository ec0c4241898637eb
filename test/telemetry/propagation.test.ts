import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { createCallerTrace } from '../../src/telemetry/propagation.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const short = traceId.slice(16);
const spanId = '00f067aa0ba902b7';
const xrayOf = (rest: string): IncomingHttpHeaders => ({
  'x-amzn-trace-id': `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};${rest}`,
});
const w3c = (text: string): IncomingHttpHeaders => ({ traceparent: text });

/** The sampled flag of the caller's trace, or `none`. */
function flagOf(names: Parameters<typeof createCallerTrace>[0], headers: IncomingHttpHeaders) {
  const caller = createCallerTrace(names)(headers);
  return caller === undefined ? 'none' : [caller.traceId, caller.traceFlags & 1];
}

describe('the caller’s trace', () => {
  for (const [what, text] of [
    ['nothing', undefined],
    ['an empty header', ''],
    ['a word', 'hello'],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['version ff', `ff-${traceId}-${spanId}-01`],
    ['capital letters', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['a trace id that is too long', `00-${traceId}0-${spanId}-01`],
    ['version 00 with a part too many', `00-${traceId}-${spanId}-01-later`],
    ['version 00 with an empty part too many', `00-${traceId}-${spanId}-01-`],
    ['two headers, which Node joins', `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
  ] as const) {
    it(`is none in traceparent with ${what}`, () =>
      assert.equal(flagOf(['tracecontext'], text === undefined ? {} : w3c(text)), 'none'));
  }

  for (const [what, names, headers, expected] of [
    ['traceparent', ['tracecontext'], w3c(`00-${traceId}-${spanId}-03`), [traceId, 1]],
    ['traceparent, not sampled', ['tracecontext'], w3c(`00-${traceId}-${spanId}-02`), [traceId, 0]],
    ['traceparent of a later version', ['tracecontext'], w3c(`01-${traceId}-${spanId}-01-x`), [traceId, 1]],
    ['b3', ['b3'], { b3: `${traceId}-${spanId}-1` }, [traceId, 1]],
    ['b3 for debugging', ['b3'], { b3: `${traceId}-${spanId}-d` }, [traceId, 1]],
    ['b3, not sampled', ['b3'], { b3: `${traceId}-${spanId}-0` }, [traceId, 0]],
    ['b3 with a short trace id', ['b3'], { b3: `${short}-${spanId}-1` }, [`${'0'.repeat(16)}${short}`, 1]],
    [
      'b3 in several headers',
      ['b3multi'],
      { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': '1' },
      [traceId, 1],
    ],
    [
      'the other form of b3',
      ['b3'],
      { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-flags': '1' },
      [traceId, 1],
    ],
    ['the header of X-Ray', ['xray'], xrayOf(`Parent=${spanId};Sampled=1`), [traceId, 1]],
    ['the header of X-Ray, not sampled', ['xray'], xrayOf(`Parent=${spanId};Sampled=0`), [traceId, 0]],
    [
      'the header of a load balancer alone',
      ['xray'],
      { 'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678' },
      'none',
    ],
    ['a long header of X-Ray', ['xray'], xrayOf(`Parent=${spanId};Sampled=1;${'x'.repeat(300)}`), 'none'],
    ['traceparent where only b3 counts', ['b3'], w3c(`00-${traceId}-${spanId}-01`), 'none'],
    ['b3 where only W3C counts', ['tracecontext', 'baggage'], { b3: `${traceId}-${spanId}-1` }, 'none'],
    ['either, with b3', ['tracecontext', 'b3'], { b3: `${traceId}-${spanId}-1` }, [traceId, 1]],
    ['either, with W3C', ['b3', 'tracecontext'], w3c(`00-${traceId}-${spanId}-01`), [traceId, 1]],
    ['baggage alone', ['baggage'], { baggage: 'a=b' }, 'none'],
    [
      'b3, but not behind thousands of digits',
      ['b3'],
      { b3: `${'0'.repeat(9_000)}${traceId}-${spanId}-1` },
      'none',
    ],
    [
      'W3C beside a b3 that is too long',
      ['tracecontext', 'b3'],
      { ...w3c(`00-${traceId}-${spanId}-01`), b3: 'x'.repeat(9_000) },
      [traceId, 1],
    ],
    ['anything, with none', ['none'], w3c(`00-${traceId}-${spanId}-01`), 'none'],
  ] as const) {
    it(`is found in ${what}`, () => assert.deepEqual(flagOf(names, headers), expected));
  }
});
