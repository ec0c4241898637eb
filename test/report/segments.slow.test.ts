import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { drawNormal } from '../../bench/draw-normal.ts';
import { merchants } from '../../bench/drift-populations.ts';
import { sealArtifact } from '../../src/model/artifact-version.ts';
import { onlyCounted, type ReferenceVariable } from '../../src/report/compute/drift-reference.ts';
import {
  type DriftReport,
  driftReportJsonSchema,
  type ReportSegment,
} from '../../src/report/compute/drift-report.ts';
import { createSegmentCounter } from '../../src/report/compute/segment-counts.ts';
import { measureSegments } from '../../src/report/measure-segments.ts';
import type { Row } from '../../src/report/read/rows.ts';
import { createRandom } from '../../src/stats/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { driftReport, runCommand } from './run-command.ts';
import { artifact, makeSamples, model, toCsv, toJsonl } from './samples.ts';

const schema = new Ajv2020({ formats: { 'date-time': true } }).compile(driftReportJsonSchema());
const firstVersion = 'test/model/fixtures/credit-v1.json';
const regions = ['north', 'south', 'east', 'west', 'centre'];

/** Rows of five regions of 20 % each, in one of which x is moved. */
function rows(seed: number, { count = 3000, move = 0 } = {}) {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const region = regions[Math.floor(random() * regions.length)];
    const x = drawNormal(random) + (region === 'north' ? move : 0);
    return { region, x: Number(x.toFixed(3)), kind: 'uvw'[Math.floor(random() * 3)] };
  });
}

const blankRow: Row = {
  values: null,
  bins: null,
  outside: {},
  time: null,
  version: null,
  prediction: null,
  score: null,
};

const of = (segments: readonly ReportSegment[], column: string, value: string) =>
  segments.find((segment) => segment.column === column && segment.value === value);

describe('npm run drift -- --by', () => {
  it('detects what has moved in a fifth of the rows, which all rows together do not show', async () => {
    await using folder = await temporaryFolder();
    for (const seed of [1, 2, 3]) {
      const reference = await folder.write('reference.csv', toCsv(rows(seed)));
      const live = await folder.write('live.csv', toCsv(rows(100 + seed, { move: 1 })));
      const files = ['--reference', reference, '--live', live, '--fail-on', 'drift'];
      const together = await runCommand('drift', files);
      assert.equal(together.code, 0, together.stdout);
      const cut = await runCommand('drift', [...files, '--by', 'region', '--json']);
      assert.equal(cut.code, 3, cut.stdout);
      const report = JSON.parse(cut.stdout) as DriftReport;
      assert.ok(schema(report), JSON.stringify(schema.errors));
      const { segments } = report;
      assert.ok(segments !== null);
      assert.equal(report.verdict, 'drifting');
      assert.match(report.headline, /^Where region is north, x has drifted \(PSI .*\)\. All rows together: /);
      const [worst, ...others] = segments.segments;
      assert.deepEqual([worst.value, worst.verdict, worst.variables[0].name], ['north', 'drifting', 'x']);
      assert.equal(others.length, 4);
      for (const { verdict } of others) assert.match(verdict, /^(stable|undetermined)$/);
      assert.equal(segments.comparisons, 5 * 2);
      assert.deepEqual(
        worst.variables.map(({ name }) => name),
        ['x', 'kind'],
      );
    }
  });

  it('finds nothing where nothing changed', async () => {
    await using folder = await temporaryFolder();
    const reference = await folder.write('reference.csv', toCsv(rows(1)));
    const live = await folder.write('live.csv', toCsv(rows(2)));
    const report = await driftReport('--reference', reference, '--live', live, '--by', 'region', '--by', 'x');
    assert.equal(report.verdict, 'stable');
    assert.equal(report.segments?.segments.length, 15);
    assert.doesNotMatch(report.headline, /Where/);
    assert.ok(report.segments.expectedFalseAlarms < 1e-3);
    const { samples } = of(report.segments.segments, 'region', 'south') ?? {};
    assert.equal(samples, rows(2).filter(({ region }) => region === 'south').length);
  });

  it('compares each segment of either side with the same rows of the other', async () => {
    await using folder = await temporaryFolder();
    // the mix of segments changes, but nothing within any of them
    const mixed = (seed: number, share: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 3000 }, () => {
        const isNew = random() < share;
        return {
          channel: isNew ? 'app' : 'branch',
          age: Math.round(40 + 5 * drawNormal(random) - (isNew ? 10 : 0)),
        };
      });
    };
    const reference = await folder.write('reference.csv', toCsv(mixed(1, 0.2)));
    const live = await folder.write('live.csv', toCsv(mixed(2, 0.6)));
    const report = await driftReport('--reference', reference, '--live', live, '--by', 'channel');
    assert.equal(report.verdict, 'drifting');
    assert.deepEqual(
      report.segments?.segments.map(({ verdict }) => verdict),
      ['stable', 'stable'],
    );
  });

  it('cuts by a column that is not compared, and by numbers at the bins of the reference', async () => {
    await using folder = await temporaryFolder();
    const dated = (seed: number, move: number) =>
      rows(seed, { move }).map((row, i) => ({
        day: `2026-01-${String(1 + (i % 3)).padStart(2, '0')}`,
        ...row,
      }));
    const reference = await folder.write('reference.csv', toCsv(dated(1, 0)));
    const live = await folder.write('live.jsonl', toJsonl(dated(2, 1)));
    const args = ['--reference', reference, '--live', live, '--features', 'x'];
    const report = await driftReport(...args, '--by', 'region,day,x');
    const all = report.segments?.segments ?? [];
    assert.deepEqual(
      report.features.map(({ name }) => name),
      ['x'],
    );
    assert.equal(of(all, 'region', 'north')?.verdict, 'drifting');
    assert.equal(of(all, 'day', '2026-01-02')?.referenceSamples, 1000);
    assert.equal(all.filter(({ column }) => column === 'x').length, 10);
    // the only feature is the one that cuts
    assert.deepEqual(all.find(({ column }) => column === 'x')?.variables, []);
  });

  it('says in one line that small segments cannot be judged', async () => {
    await using folder = await temporaryFolder();
    const few = (seed: number) =>
      rows(seed).map((row, i) => ({ ...row, branch: i % 30 === 0 ? `b${i % 8}` : 'main' }));
    const reference = await folder.write('reference.csv', toCsv(few(1)));
    const live = await folder.write('live.csv', toCsv(few(2)));
    const { stdout } = await runCommand('drift', [
      '--reference',
      reference,
      '--live',
      live,
      '--by',
      'branch',
    ]);
    assert.match(
      stdout,
      /Stable: branch is main\.\n +Too small to be judged in every feature: branch is b\d/,
    );
    assert.doesNotMatch(stdout, /^\? branch/m);
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
  });

  it('gathers rare categories, and keeps missing and unseen ones apart', async () => {
    await using folder = await temporaryFolder();
    const many = (seed: number, isLive: boolean) =>
      rows(seed).map((row, i) => {
        if (i % 50 === 0) return { ...row, city: '' };
        return { ...row, city: isLive && i % 3 === 0 ? 'new' : `c${Math.floor((i % 1000) / 25)}` };
      });
    const reference = await folder.write('reference.csv', toCsv(many(1, false)));
    const live = await folder.write('live.csv', toCsv(many(2, true)));
    const report = await driftReport('--reference', reference, '--live', live, '--by', 'city');
    const all = report.segments?.segments ?? [];
    assert.equal(all.length, 23);
    assert.ok((of(all, 'city', 'other')?.referenceSamples ?? 0) > 1000);
    assert.equal(of(all, 'city', 'missing')?.samples, 60);
    assert.deepEqual(
      [of(all, 'city', 'unseen')?.referenceSamples, of(all, 'city', 'unseen')?.verdict],
      [0, 'undetermined'],
    );
  });

  it('raises no more false alarms than it expects', () => {
    const random = createRandom(3);
    const variable = (name: string, categories: number): ReferenceVariable => ({
      name,
      bins: {
        kind: 'categorical',
        categories: Array.from({ length: categories }, (_, i) => String(i)),
        grouped: [],
      },
      counts: new Array<number>(categories + 2).fill(100),
      ...onlyCounted,
    });
    const features = Array.from({ length: 20 }, (_, i) => variable(`x${i}`, 5));
    const by = { ...variable('branch', 20), isWhole: false };
    const countRows = (count: number) => {
      const counter = createSegmentCounter(features, null, [by], false);
      for (let i = 0; i < count; i++) {
        const values = features.map(() => String(Math.floor(5 * random() ** 2)));
        counter.count({ ...blankRow, values: [...values, String(i % 20)] }, null);
      }
      return counter;
    };
    let comparisons = 0;
    let expected = 0;
    let drifting = 0;
    // rows of a segment: 300 and 150, and so on
    for (const [before, after] of [
      [300, 150],
      [300, 1000],
      [1000, 300],
    ]) {
      for (let i = 0; i < 5; i++) {
        const [reference, live] = [countRows(20 * before), countRows(20 * after)];
        const report = measureSegments([by], reference, live, null, {
          rows: 'rows',
          origin: 'file',
          otherVersions: 0,
        });
        comparisons += report.comparisons;
        expected += report.expectedFalseAlarms;
        for (const { variables } of report.segments) {
          drifting += variables.filter(({ verdict }) => verdict === 'drifting').length;
        }
      }
    }
    assert.equal(comparisons, 3 * 5 * 20 * 20);
    assert.ok(expected < 0.1, `${expected}`);
    assert.equal(drifting, 0);
  });

  it('does not treat names as drift if new ones never cease, like all rows together', async () => {
    await using folder = await temporaryFolder();
    const population = merchants(0.6);
    const named = (seed: number) => {
      const random = createRandom(seed);
      return rows(seed).map((row) => ({ ...row, merchant: population.draw(random) }));
    };
    const reference = await folder.write('reference.csv', toCsv(named(1)));
    const live = await folder.write('live.csv', toCsv(named(2)));
    const report = await driftReport('--reference', reference, '--live', live, '--by', 'region');
    const within = report.segments?.segments.flatMap(({ variables }) =>
      variables.filter(({ name }) => name === 'merchant'),
    );
    assert.equal(within?.length, 5);
    for (const { psi, psiNoiseCeiling, verdict } of within ?? []) {
      assert.notEqual(verdict, 'drifting');
      assert.ok((psi ?? 1) < (psiNoiseCeiling ?? 0), String(psi));
    }
  });

  it('accepts samples, with their scores', async () => {
    await using folder = await temporaryFolder();
    const reference = await folder.write('a.jsonl', toJsonl(makeSamples({ count: 3000, seed: 1 })));
    const change = (row: Record<string, unknown>) =>
      row.history === 'good' ? { ...row, age: Number(row.age) + 12 } : row;
    const live = await folder.write('b.jsonl', toJsonl(makeSamples({ count: 3000, seed: 2, change })));
    const files = ['--model', model, '--reference', reference, '--live', live];
    const report = await driftReport(...files, '--by', 'history');
    const moved = of(report.segments?.segments ?? [], 'history', 'good');
    assert.deepEqual(moved?.variables.map(({ name }) => name).sort(), ['(score)', 'age', 'limit']);
    assert.equal(moved?.verdict, 'drifting');
  });

  it('reads from a pipe', async () => {
    await using folder = await temporaryFolder();
    const live = await folder.write('live.csv', toCsv(rows(2, { move: 1 })));
    const { stdout } = await runCommand('drift', ['--reference', '-', '--live', live, '--by', 'region'], {
      input: toCsv(rows(1)),
    });
    assert.match(stdout, /▲ region is north: drifting; \d+ live rows/);
  });

  const wrong = [
    [
      'needs the rows of a reference where the model holds none',
      ['V1'],
      ['--by', 'age'],
      2,
      /^--by needs --reference FILE: model credit holds the reference of all rows, and none of segments/,
    ],
    [
      'names the segments that the model holds',
      [],
      ['--by', 'age'],
      2,
      /^--by: model credit holds segments by history, not by 'age': give the rows behind it with --reference/,
    ],
    [
      'names the columns that there are',
      ['REFERENCE'],
      ['--by', 'income'],
      2,
      /no column 'income', but .*region/,
    ],
    ['refuses a column that names rows', ['REFERENCE'], ['--by', 'id'], 1, /id: has so many different texts/],
    [
      'asks for the column on both sides',
      ['REFERENCE'],
      ['--by', 'shop'],
      1,
      /live\.csv: has no column shop/,
    ],
  ] as const;
  for (const [title, given, args, status, message] of wrong) {
    it(title, async () => {
      await using folder = await temporaryFolder();
      const wide = rows(1, { count: 12_000 }).map((row, i) => ({ ...row, id: `row-${i}`, shop: 'a' }));
      const reference = await folder.write('reference.csv', toCsv(wide));
      const live = await folder.write('live.csv', toCsv(wide.map(({ shop: _shop, ...row }) => row)));
      const against = { REFERENCE: ['--reference', reference], V1: ['--model', firstVersion] };
      const files = ['--live', live, ...(given.length > 0 ? against[given[0] as 'V1'] : ['--model', model])];
      const { code, stderr } = await runCommand('drift', [...files, ...args]);
      assert.equal(code, status, stderr);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
    });
  }

  it('does not reveal the values of a sensitive column', async () => {
    await using folder = await temporaryFolder();
    const sealed = sealArtifact({ ...artifact, sensitive: ['history'] });
    const sensitive = await folder.write('model.json', JSON.stringify(sealed));
    const table = await folder.write(
      'rows.csv',
      toCsv(makeSamples({ count: 500 }).map(({ features }) => features)),
    );
    const html = join(folder.path, 'page.html');
    const { code, stderr, stdout } = await runCommand('drift', [
      ...['--model', sensitive, '--reference', table, '--live', table, '--by', 'history', '--html', html],
    ]);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^--by: the model calls history sensitive: its values are not shown/);
  });
});
