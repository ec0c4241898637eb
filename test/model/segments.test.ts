import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { loadArtifact } from '../../src/model/artifact.ts';
import { scoreBins } from '../../src/model/features.ts';
import { expectedWithin } from '../../src/model/segments.ts';
import type { CategoricalBins } from '../../src/stats/binning.ts';
import { trainModel } from '../../src/training/train-model.ts';
import { scorerOf } from '../support/model-parts.ts';
import { plainBinOf } from '../support/plain-psi.ts';
import { options, smallSet } from './small-set.ts';

const rowsOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

describe('the segments of a model', () => {
  it('hold the rows of its training data, counted by hand', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const lines = (await readFile('data/german-credit.csv', 'utf8')).trimEnd().split('\n');
    const header = lines[0].split(',');
    const rows = lines.slice(1).map((line) => {
      const cells = line.split(',');
      const cell = (name: string) => cells[header.indexOf(name)];
      return { age: Number(cell('age')), limit: Number(cell('limit')), history: cell('history') };
    });
    const score = scorerOf(artifact);
    const [age, limit, history] = artifact.features;
    assert.ok(history.kind === 'categorical' && age.kind === 'numeric' && limit.kind === 'numeric');
    const values = {
      age: [age.reference.edges, (row: (typeof rows)[number]) => row.age],
      limit: [limit.reference.edges, (row: (typeof rows)[number]) => row.limit],
      '(score)': [scoreBins(artifact).edges, score],
    } as const;
    const expected = Object.entries(values).map(([name, [edges, read]]) => ({
      name,
      counts: history.categories.map((category) => {
        const counts = Array(edges.length + 2).fill(0);
        for (const row of rows) if (row.history === category) counts[plainBinOf(edges)(read(row))]++;
        return counts;
      }),
    }));
    assert.deepEqual(artifact.segments, [{ feature: 'history', variables: expected }]);
  });

  it('leave out rows whose value is missing, and gather rare categories as bins do', () => {
    const set = smallSet();
    const kinds = Array.from(set.outcomes, (_, i) => {
      if (i % 10 === 0) return null;
      return i % 40 === 1 ? `rare ${i}` : `common ${i % 3}`;
    });
    const columns = [
      set.columns.find(({ kind }) => kind === 'numeric')!,
      { name: 'shop', kind: 'categorical', values: kinds } as const,
    ];
    const artifact = trainModel({ ...set, columns }, { ...options, protected: [], segments: ['shop'] });
    const shop = artifact.features[1];
    assert.ok(shop.kind === 'categorical');
    const [{ variables }] = artifact.segments!;
    assert.equal(variables[0].counts.length, shop.categories.length + 1);
    const rare = kinds.filter((kind) => kind?.startsWith('rare')).length;
    for (const { counts } of variables) {
      assert.equal(rowsOf(counts.at(-1)!), rare);
      assert.equal(
        counts.reduce((sum, each) => sum + rowsOf(each), 0),
        kinds.filter((kind) => kind !== null).length,
      );
    }
  });

  it('change nothing else about the model, and exist only if requested', () => {
    const set = smallSet();
    const categorical = set.columns.find(({ kind }) => kind === 'categorical')!.name;
    const { segments: none, version: _, ...without } = trainModel(set, options);
    const { segments, version: __, ...rest } = trainModel(set, { ...options, segments: [categorical] });
    assert.equal(none, undefined);
    assert.equal(segments?.length, 1);
    assert.deepEqual(rest, without);
    assert.throws(
      () => trainModel(set, { ...options, segments: ['x'] }),
      /"x" is not one of the categorical/,
    );
  });

  it('are refused before the fit if they would need too many counts', () => {
    const set = smallSet();
    const rows = set.outcomes.length;
    const shops = Array.from({ length: rows }, (_, i) => `shop ${i % 20}`);
    const numbers = Array.from({ length: 46 }, (_, column) => ({
      name: `n${column}`,
      kind: 'numeric' as const,
      values: Float64Array.from({ length: rows }, (_, i) => Math.sin(i * (column + 1) + 1)),
    }));
    const columns = [{ name: 'shop', kind: 'categorical', values: shops } as const, ...numbers];
    const onProgress = () => assert.fail('a fit was made');
    assert.throws(
      () => trainModel({ ...set, columns }, { ...options, segments: ['shop'], onProgress }),
      /^RangeError: segments of shop need 10,340 counts, .* at most 10,000 are allowed/,
    );
  });

  it('expect unseen categories of a segment in proportion to its rare ones', () => {
    const bins: CategoricalBins = { kind: 'categorical', categories: ['a', 'b'], grouped: ['c', 'd', 'e'] };
    const all = [500, 300, 200, 7, 0];
    // of all rows: a is expected as it was, b less often, and 60 of the 200 rare ones are new
    const expected = [500, 270, 170, 7, 60];
    const segment = [100, 100, 50, 1, 0];
    const within = expectedWithin(bins, segment, all, expected);
    assert.deepEqual(within, [100, 90, 45, 1, 15]);
    assert.deepEqual(expectedWithin(bins, segment, all, all), segment);
    const later = [10, 20, 5, 0, 3];
    assert.deepEqual(expectedWithin(bins, later, [50, 90, 30, 2, 9], [50, 90, 30, 2, 9]), later);
    assert.deepEqual(expectedWithin(bins, [5, 5, 0, 0, 0], all, expected), [5, 5, 0, 0, 0]);
  });

  it('expect as many rows of a segment as it has, however the shares round', () => {
    const counts = fc.array(fc.nat(20), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(counts, counts, counts, (segment, others, expected) => {
        const bins: CategoricalBins = { kind: 'categorical', categories: ['a', 'b'], grouped: ['c', 'd'] };
        const all = segment.map((rows, i) => rows + others[i]);
        const within = expectedWithin(bins, segment, all, expected);
        assert.equal(rowsOf(within), rowsOf(segment));
        assert.ok(within.every((rows) => rows >= 0));
      }),
    );
  });
});
