import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Feature } from '../../src/model/artifact.ts';
import { countBins } from '../../src/stats/binning.ts';
import { createRandom } from '../../src/stats/random.ts';
import { readDataRows } from '../../src/traffic/data-rows.ts';
import { drawFromReference } from '../../src/traffic/reference-rows.ts';
import type { RequestFeature } from '../../src/traffic/request-features.ts';

describe('rows from a table', () => {
  const features: RequestFeature[] = [
    { name: 'limit', kind: 'numeric' },
    { name: 'code', kind: 'categorical' },
  ];
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-rows-'));
  });

  after(() => rm(folder, { recursive: true }));

  async function read(text: string) {
    const path = join(folder, 'rows.csv');
    await writeFile(path, text);
    return readDataRows(path, features);
  }

  it('contain what the service requires, with the types that it expects', async () => {
    assert.deepEqual(await read('code,other,limit\n7,x,2000\n,x,NA\n'), [
      { limit: 2000, code: '7' },
      { limit: null, code: null },
    ]);
  });

  it('leave it to the service whether NA is a category, unless the column decides by its quotes', async () => {
    const codes = async (...cells: string[]) =>
      (await read(`code,limit\n${cells.map((cell) => `${cell},1\n`).join('')}`)).map(({ code }) => code);
    assert.deepEqual(await codes('NA', 'nan', '', '""'), ['NA', 'nan', null, null]);
    assert.deepEqual(await codes('NA', '"NA"', 'null'), [null, 'NA', 'null']);
  });

  it('understand decimal commas', async () => {
    assert.deepEqual(await read('code;limit\n07;1.234,5\n'), [{ limit: 1234.5, code: '07' }]);
  });

  it('are refused with file, line and column', async () => {
    const broken = read('code,limit\na,1\nb,much\n');
    await assert.rejects(
      broken,
      /rows\.csv:3: column limit: a value is not a number, which the service requires$/,
    );
    await assert.rejects(
      read('code,limit\na,1.25\nb,"6,75"\n'),
      /rows\.csv:3: column limit: a number has a decimal comma, but that on line 2 a decimal point: /,
    );
    await assert.rejects(
      read('code\na\n'),
      /rows\.csv:1: no column 'limit', which the service requires \(there are code\)/,
    );
    await assert.rejects(read('code,limit\n'), /has a header, but no rows/);
  });

  it('are the real data', async () => {
    const rows = await readDataRows('data/german-credit.csv', [
      { name: 'age', kind: 'numeric' },
      { name: 'history', kind: 'categorical' },
    ]);
    assert.equal(rows.length, 1000);
    assert.deepEqual(rows[0], { age: 67, history: 'paid' });
  });
});

describe('rows from a reference', () => {
  const common = { nullable: true };
  const percentiles = { p1: 19, p5: 20, p10: 25, p25: 25, p50: 30, p75: 50, p90: 60, p95: 65, p99: 69 };
  const numeric = (min: number, edges: number[], counts: number[]): Feature => ({
    ...common,
    name: 'age',
    kind: 'numeric',
    summary: { min, max: 70, mean: 40, deviation: 10, percentiles },
    reference: { edges, counts },
  });
  const categorical: Feature = {
    ...common,
    name: 'purpose',
    kind: 'categorical',
    categories: ['car', 'house'],
    grouped: ['boat', 'horse'],
    reference: { counts: [50, 30, 15, 5, 0] },
  };

  function draw(features: Feature[], count: number) {
    const next = drawFromReference({ features }, createRandom(11));
    return Array.from({ length: count }, next);
  }

  for (const [title, feature] of [
    ['whole numbers', numeric(19, [25, 30, 50], [10, 40, 30, 15, 5])],
    ['any numbers', numeric(18.5, [25.5, 30, 50], [10, 40, 30, 15, 5])],
    ['one bin', numeric(19, [], [95, 5])],
    ['categories', categorical],
  ] as const) {
    it(`fall into the bins as the reference does: ${title}`, () => {
      const count = 20_000;
      const values = draw([feature], count).map((row) => row[feature.name]);
      const bins =
        feature.kind === 'numeric'
          ? ({ kind: 'numeric', edges: feature.reference.edges } as const)
          : ({ kind: 'categorical', categories: feature.categories, grouped: feature.grouped } as const);
      const shares = countBins(bins, values).map((n) => n / count);
      for (const [i, expected] of feature.reference.counts.entries()) {
        assert.ok(Math.abs(shares[i] - expected / 100) < 0.015, `bin ${i}: ${shares[i]} for ${expected} %`);
      }
    });
  }

  it('are whole and within the range where the reference is', () => {
    const ages = draw([numeric(19, [25, 30, 50], [10, 40, 30, 15, 0])], 5000).map(({ age }) => age as number);
    assert.ok(ages.every((age) => Number.isInteger(age) && age >= 19 && age <= 70));
  });

  it('fall into the bins of each segment as the reference of it does', () => {
    const age = numeric(19, [25, 30, 50], [10, 40, 30, 15, 5]);
    const counts = [
      [40, 10, 0, 0, 0],
      [0, 0, 10, 20, 0],
      [0, 0, 15, 0, 0],
    ];
    const segments = [{ feature: 'purpose', variables: [{ name: 'age', counts }] }];
    const next = drawFromReference({ features: [age, categorical], segments }, createRandom(11));
    const rows = Array.from({ length: 20_000 }, next);
    const kinds = [['car'], ['house'], ['boat', 'horse']];
    for (const [segment, kind] of kinds.entries()) {
      const ages = rows.filter(({ purpose }) => kind.includes(String(purpose))).map((row) => row.age);
      const all = counts[segment].reduce((sum, count) => sum + count, 0);
      const found = countBins({ kind: 'numeric', edges: [25, 30, 50] }, ages);
      for (const [bin, count] of counts[segment].entries())
        assert.ok(Math.abs(found[bin] / ages.length - count / all) < 0.03, `bin ${bin} of ${kind}`);
    }
    // without a segment: as all rows
    const missing = rows.filter(({ purpose }) => purpose === null).map((row) => row.age);
    assert.ok(missing.some((each) => each === null));
  });

  it('repeat with the seed', () => {
    assert.deepEqual(draw([categorical], 50), draw([categorical], 50));
  });
});
