import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadArtifact } from '../../src/model/artifact.ts';
import { featureBins } from '../../src/model/features.ts';
import { createRowFormatter } from '../../src/samples/row-formatter.ts';
import { createSampleFormatter } from '../../src/samples/sample.ts';
import { isScoreLine } from '../../src/samples/sample-shape.ts';
import { createSampleView } from '../../src/samples/shown-sample.ts';
import { recordedBins } from '../../src/stats/binning.ts';
import { isoTime } from '../../src/times/iso-time.ts';
import { describedArtifact } from './support/artifact.ts';

const time = '2026-01-31T12:00:00.000Z';
const artifact = describedArtifact([
  { name: 'age', edges: [23, 28, 31] },
  { name: 'limit', edges: [1000] },
  { name: 'history', categories: ['good', 'critical'] },
]);
/** Lone surrogates and control characters too. */
const anyCodeUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code));
const row = { age: 30, limit: 2000.5, history: 'good' };
const head = { time, id: 'abc', traceId: '4bf9', model: 'credit', version: '0123456789ab' };

describe('a sample line', () => {
  it('holds the values', () => {
    const format = createSampleFormatter({ artifact, values: 'raw' });
    const line = format(time, 'abc', undefined, '4bf9', row, [2, 1, 0], [0, 0, 0], 0.25, 0);
    assert.equal(line, JSON.stringify({ ...head, features: row, score: 0.25, prediction: 'good' }));
  });

  it('holds only the bins, and what was outside the reference', () => {
    const format = createSampleFormatter({ artifact, values: 'bins' });
    const bins = { age: '02 (28, 31]', limit: '01 (1000, +inf)', history: '00' };
    assert.equal(
      format(time, 'abc', undefined, '4bf9', row, [2, 1, 0], [0, 0, 0], 0.25, 0),
      JSON.stringify({ ...head, bins, score: 0.25, prediction: 'good' }),
    );
    assert.deepEqual(
      JSON.parse(format(time, 'abc', undefined, undefined, row, [4, 0, 3], [1, -1, 0], 0.25, 1)),
      {
        time,
        id: 'abc',
        model: 'credit',
        version: '0123456789ab',
        bins: { age: 'missing', limit: '00 (-inf, 1000]', history: 'unseen' },
        outside: { age: 'above', limit: 'below' },
        score: 0.25,
        prediction: 'bad',
      },
    );
  });

  it('holds nothing of the input', () => {
    const format = createSampleFormatter({ artifact, values: 'off' });
    const line = format(time, 'abc', undefined, '4bf9', row, [2, 1, 0], [1, 0, 0], 0.25, 0);
    assert.equal(line, JSON.stringify({ ...head, score: 0.25, prediction: 'good' }));
  });

  it('has no value of a sensitive feature', () => {
    const format = createSampleFormatter({ artifact: { ...artifact, sensitive: ['age'] }, values: 'raw' });
    const line = format(time, 'abc', undefined, undefined, row, [2, 1, 0], [0, 0, 0], 0.25, 0);
    assert.deepEqual(JSON.parse(line).features, { ...row, age: '[redacted]' });
  });

  it('holds the key after the id, unless the model withholds it', () => {
    for (const [sensitive, key] of [
      [[], 'loan-123'],
      [['(key)'], '[redacted]'],
    ] as const) {
      const format = createSampleFormatter({
        artifact: { ...artifact, sensitive: [...sensitive] },
        values: 'off',
      });
      const line = format(time, 'abc', 'loan-123', '4bf9', row, [2, 1, 0], [0, 0, 0], 0.25, 0);
      const { time: at, id, ...rest } = head;
      assert.equal(line, JSON.stringify({ time: at, id, key, ...rest, score: 0.25, prediction: 'good' }));
      assert.ok(isScoreLine(JSON.parse(line)));
    }
  });

  it('is what JSON.stringify gives, on one line, for any names, values and classes', () => {
    const text = fc.string({ unit: anyCodeUnit });
    const value = fc.oneof(
      text,
      fc.double(),
      fc.integer(),
      fc.constant(null),
      fc.constant('\ud800"\n\\\u2028'),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(text, { minLength: 1, maxLength: 6 }),
        fc.array(value, { minLength: 6, maxLength: 6 }),
        text,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (names, values, id, score) => {
          const described = describedArtifact(names.map((name) => ({ name, categories: names })));
          const entries = names.map((name, i): [string, unknown] => [name, values[i]]);
          const input = Object.fromEntries(entries);
          for (const mode of ['raw', 'bins', 'off'] as const) {
            const format = createSampleFormatter({ artifact: described, values: mode });
            const bins = names.map((_, i) => i);
            const line = format(time, id, id, id, input, bins, bins, score, 1);
            assert.ok(!line.includes('\n'));
            const labels = described.features.map((f, i) => [f.name, recordedBins(featureBins(f))[i]]);
            const parsed = JSON.parse(line);
            assert.equal(parsed.id, id);
            assert.equal(parsed.key, id);
            assert.equal(parsed.traceId, id);
            assert.equal(parsed.score, score === 0 ? 0 : score);
            if (mode === 'raw') assert.deepEqual(parsed.features, JSON.parse(JSON.stringify(input)));
            else assert.equal('features' in parsed, false);
            if (mode === 'bins')
              assert.deepEqual(parsed.bins, JSON.parse(JSON.stringify(Object.fromEntries(labels))));
          }
        },
      ),
    );
  });
});

describe('a stored row that is shown', () => {
  it('has its key, unless the model withholds it now', async () => {
    const credit = await loadArtifact('models/credit.json');
    const kept = { ...head, key: 'loan-123', features: row, score: 0.25, prediction: 'good' };
    const open = createSampleView(credit);
    assert.deepEqual(open.show(kept), kept);
    assert.equal(open.describe(kept)[1], '  id abc  key loan-123');
    const withholding = createSampleView({ ...credit, sensitive: ['(key)'] });
    assert.deepEqual(withholding.show(kept), { ...kept, key: '[redacted]' });
    const { key: _, ...without } = kept;
    assert.deepEqual(withholding.show(without), without);
    assert.equal(open.describe(without)[1], '  id abc');
  });
});

describe('the writer of rows', () => {
  it('writes the known features alone, null where there is none', () => {
    const format = createRowFormatter({ ...artifact, sensitive: ['limit'] });
    const given = { history: undefined, password: 'secret', age: Number.NaN, limit: 1 };
    assert.equal(format(given), '{"age":null,"limit":"[redacted]","history":null}');
  });
});

describe('isoTime', () => {
  it('gives what Date gives', () => {
    const ms = fc.integer({ min: 0, max: Date.UTC(2200, 0) });
    fc.assert(
      fc.property(ms, fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 5 }), (start, steps) => {
        for (const at of [start, ...steps.map((step) => start + step)]) {
          assert.equal(isoTime(at), new Date(at).toISOString());
        }
      }),
    );
  });
});
