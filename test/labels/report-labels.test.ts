import assert from 'node:assert/strict';
import type { Samples } from '../../src/labels/keyed-samples.ts';
import type { ChunkLimits } from '../../src/labels/label-chunk.ts';
import { createOutcomeTexts } from '../../src/labels/outcome-texts.ts';
import type { Label } from '../../src/labels/read-labels.ts';
import { emptyTally, reportByKey } from '../../src/labels/report-labels.ts';

/** An id of its form, which no service has signed. */
const idOf = (i: number) => `${i}`.padStart(68, '0');

type Line = { key?: string; id?: string; model?: string; time?: string };

function samplesOf(lines: readonly Line[]): Samples & { passes: number } {
  return {
    name: 'samples',
    passes: 0,
    bytes: async () => lines.length,
    async *read(tally, onBytes) {
      this.passes++;
      for (const line of lines) {
        tally.lines++;
        onBytes(1);
        yield { model: 'churn', time: '2026-01-01T00:00:00.000Z', ...line };
      }
    },
  };
}

/** Joins, and gives the outcomes that were sent, by the number of the id. */
async function join(
  labels: readonly Label[],
  samples: Samples,
  options: { isForAll?: boolean; limits?: ChunkLimits | undefined; model?: string } = {},
) {
  const sent: [id: number, outcome: string][] = [];
  const tally = emptyTally();
  const sampleTally = { lines: 0, damaged: 0, faults: [] };
  const shown: [label: string, done: number, total: number][] = [];
  let isFlushed = false;
  await reportByKey({
    labels: (async function* () {
      for (const label of labels) yield [label];
    })(),
    samples,
    texts: createOutcomeTexts('churned', [['1', 'Yes']]),
    reporter: {
      add: async (id, outcome) => {
        sent.push([Number(id), outcome]);
      },
      flush: async () => {
        isFlushed = true;
      },
      tally: { sent: 0, accepted: 0, duplicate: 0, expired: 0, refused: new Map() },
    },
    tally,
    sampleTally,
    signal: new AbortController().signal,
    model: options.model,
    isForAll: options.isForAll ?? false,
    limits: options.limits,
    showProgress: (label, total) => {
      const bar: [string, number, number] = [label, 0, total];
      shown.push(bar);
      return {
        add(count) {
          bar[1] += count;
        },
        end() {},
      };
    },
  });
  assert.ok(isFlushed);
  return { sent: sent.sort(([a], [b]) => a - b), tally, samples: sampleTally, shown };
}

const label = (name: string | null, outcome: string | null = 'Yes'): Label => ({ name, outcome });

describe('labels that are joined with samples', () => {
  it('get the newest prediction each, in as many passes as the labels have chunks', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => ({ key: `k${i % 20}`, id: idOf(i) }));
    const labels = Array.from({ length: 25 }, (_, i) => label(`k${i}`, i % 2 === 0 ? '1.0' : 'No'));
    for (const [limits, passes] of [
      [undefined, 1],
      [{ labels: 10, characters: 1000 }, 3],
      [{ labels: 1000, characters: 25 }, 3],
    ] as const) {
      const samples = samplesOf(lines);
      const { sent, tally, samples: read, shown } = await join(labels, samples, { limits });
      assert.equal(samples.passes, passes);
      assert.deepEqual(
        sent,
        Array.from({ length: 20 }, (_, i) => [20 + i, i % 2 === 0 ? 'Yes' : 'No']),
      );
      assert.deepEqual(tally, {
        ...emptyTally(),
        rows: 25,
        unmatched: 5,
        oldest: '2026-01-01T00:00:00.000Z',
      });
      assert.equal(read.lines, 40, 'counted once');
      const reading = shown.filter(([what]) => what === 'reading samples');
      assert.deepEqual(reading, Array(passes).fill(['reading samples', 40, 40]));
    }
  });

  it('get every prediction if requested', async () => {
    const samples = samplesOf([
      { key: 'a', id: idOf(1) },
      { key: 'b', id: idOf(2) },
      { key: 'a', id: idOf(3) },
    ]);
    const { sent, tally } = await join([label('a'), label('c')], samples, { isForAll: true });
    assert.deepEqual(sent, [
      [1, 'Yes'],
      [3, 'Yes'],
    ]);
    assert.equal(tally.unmatched, 1);
  });

  it('go to no prediction of another model, and nowhere before it is clear which one is meant', async () => {
    const lines = [
      { key: 'a', id: idOf(1) },
      { key: 'a', id: idOf(2), model: 'upsell', time: '2026-02-01T00:00:00.000Z' },
    ];
    assert.deepEqual((await join([label('a')], samplesOf(lines), { model: 'churn' })).sent, [[1, 'Yes']]);
    for (const isForAll of [false, true]) {
      await assert.rejects(
        join([label('a')], samplesOf(lines), { isForAll }),
        /choose one with --model-name$/,
      );
    }
  });

  it('compare keys as texts, without blanks around them', async () => {
    const lines = ['7', '007', ' 7.0\t', 'Straße', 'strasse'].map((key, i) => ({ key, id: idOf(i) }));
    const found = async (name: string) =>
      (await join([label(name)], samplesOf(lines))).sent.map(([id]) => id);
    assert.deepEqual(await found('7'), [0]);
    assert.deepEqual(await found('007'), [1]);
    assert.deepEqual(await found('7.0'), [2]);
    assert.deepEqual(await found('Straße'), [3]);
  });

  it('are counted if they cannot be used, and lines of other kinds are skipped', async () => {
    const samples = samplesOf([{ key: 'a', id: 'no id' }, { id: idOf(1) }, { key: 'a', id: idOf(2) }]);
    const labels = [label('a', 'No'), label('a', 'No'), label('a'), label(null), label('b', null)];
    const { sent, tally } = await join(labels, samples);
    assert.deepEqual(sent, [[2, 'No']]);
    assert.deepEqual(tally, {
      rows: 5,
      unnamed: 1,
      open: 1,
      repeated: 2,
      contradicting: 1,
      unmatched: 0,
      oldest: '2026-01-01T00:00:00.000Z',
    });
  });
});
