// Joins labels with samples as `npm run outcomes` does, to measure its memory, without a disk or a service: both sides
// are generated on the fly. `node bench/labels.ts --labels 1000000 --samples 10000000 [--all]`

import { parseArgs } from 'node:util';
import type { Samples } from '../src/labels/keyed-samples.ts';
import { createOutcomeTexts } from '../src/labels/outcome-texts.ts';
import type { Label } from '../src/labels/read-labels.ts';
import { emptyTally, reportByKey } from '../src/labels/report-labels.ts';
import { createTokens, digestModel } from '../src/outcomes/token.ts';
import { readRecords } from '../src/samples/read-samples.ts';

const { values } = parseArgs({
  options: {
    labels: { type: 'string', default: '1000000' },
    samples: { type: 'string', default: '10000000' },
    all: { type: 'boolean', default: false },
  },
});
const [labelCount, sampleCount] = [Number(values.labels), Number(values.samples)];
const linesPerBlock = 1000;
const model = digestModel({ name: 'churn', version: '9f31c2a07be4' });
const { sign } = createTokens([Buffer.from('a key that is long enough')]);

/** Every label has a prediction, if there are as many samples: the keys come in another order. */
const keyOf = (i: number) => `customer-${((i * 7_919) % sampleCount).toString().padStart(8, '0')}`;

async function* makeSamples(): AsyncGenerator<Buffer> {
  const startMs = Date.UTC(2026, 0, 1);
  const input = Array.from({ length: 10 }, (_, i) => `"feature_${i}":${i * 17.25}`).join(',');
  for (let i = 0; i < sampleCount; i += linesPerBlock) {
    let block = '';
    const end = Math.min(sampleCount, i + linesPerBlock);
    const time = new Date(startMs + i).toISOString();
    // signing takes longer than all that is measured: one id a block
    const id = sign(model, startMs + i, 0.25, 0);
    for (let k = i; k < end; k++) {
      block += `{"time":"${time}","id":"${id}","key":"${keyOf(k)}","model":"churn","version":"9f31c2a07be4","features":{${input}},"score":0.25,"prediction":"No"}\n`;
    }
    yield Buffer.from(block);
  }
}

let passes = 0;
let bytes = 0;
const samples: Samples = {
  name: 'made up',
  bytes: async () => 0,
  async *read(tally) {
    passes++;
    async function* counted() {
      for await (const block of makeSamples()) {
        bytes += block.length;
        yield block;
      }
    }
    for await (const records of readRecords(counted(), 'made up', tally)) yield* records;
  },
};

async function* makeLabels(): AsyncGenerator<Label[]> {
  for (let i = 0; i < labelCount; i += linesPerBlock) {
    const count = Math.min(linesPerBlock, labelCount - i);
    yield Array.from({ length: count }, (_, k) => ({
      name: `customer-${(i + k).toString().padStart(8, '0')}`,
      outcome: (i + k) % 5 === 0 ? 'Yes' : 'No',
    }));
  }
}

let peakBytes = 0;
let sent = 0;
const tally = emptyTally();
const sampleTally = { lines: 0, damaged: 0, faults: [] };
const startMs = performance.now();
await reportByKey({
  labels: makeLabels(),
  samples,
  texts: createOutcomeTexts('churned'),
  reporter: {
    add() {
      if (++sent % 10_000 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
      return undefined;
    },
    flush: async () => {},
    tally: { sent: 0, accepted: 0, duplicate: 0, expired: 0, refused: new Map() },
  },
  tally,
  sampleTally,
  signal: new AbortController().signal,
  model: undefined,
  isForAll: values.all,
  showProgress: () => ({ add() {}, end() {} }),
});
const seconds = (performance.now() - startMs) / 1000;
const { user, system } = process.cpuUsage();
const peak = Math.max(peakBytes, process.resourceUsage().maxRSS * 1024);
console.log(
  `${labelCount} labels, ${sampleCount} samples: ${sent} outcomes, ${tally.unmatched} without a prediction; ${passes} passes over ${(bytes / passes / 1e9).toFixed(2)} GB of samples in ${seconds.toFixed(0)} s, of which ${((user + system) / 1e6).toFixed(0)} s of processor time; peak of memory ${(peak / 1e6).toFixed(0)} MB`,
);
