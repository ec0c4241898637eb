import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { drawNormal } from '../../bench/draw-normal.ts';
import { sealArtifact } from '../../src/model/artifact-version.ts';
import { onlyCounted, type ReferenceVariable } from '../../src/report/compute/drift-reference.ts';
import { driftReportJsonSchema } from '../../src/report/compute/drift-report.ts';
import { tellApart } from '../../src/report/compute/tell-apart.ts';
import { createRandom } from '../../src/stats/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { driftReport, runCommand } from './run-command.ts';
import { artifact, makeSamples, model, toCsv, toJsonl } from './samples.ts';

const schema = new Ajv2020({ formats: { 'date-time': true } }).compile(driftReportJsonSchema());

/** Rows with two correlated features among uninformative others. */
function rows(seed: number, { count = 2000, correlation = 0.7 } = {}) {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const age = drawNormal(random);
    const income = correlation * age + Math.sqrt(1 - correlation ** 2) * drawNormal(random);
    const noise = drawNormal(random);
    return {
      noise: Number(noise.toFixed(4)),
      age: Number((40 + 10 * age).toFixed(2)),
      kind: 'uvw'[Math.floor(3 * random())],
      // a heavy tail, as incomes have
      income: Math.round(1000 * Math.exp(income)),
    };
  });
}

const names = ['noise', 'age', 'kind', 'income'];
const variables = names.map((name): ReferenceVariable => {
  const bins =
    name === 'kind'
      ? ({ kind: 'categorical', categories: ['u', 'v', 'w'], grouped: [] } as const)
      : ({ kind: 'numeric', edges: [] } as const);
  return { ...onlyCounted, name, bins, counts: [] };
});
const valueRows = (all: readonly Record<string, unknown>[]) => ({
  names,
  rows: all.map((row) => names.map((name) => row[name])),
});
const compare = (reference: ReturnType<typeof rows>, live: ReturnType<typeof rows>) =>
  tellApart(variables, valueRows(reference), valueRows(live));

describe('all features together', () => {
  it('show that a correlation was reversed, which no single feature shows', async () => {
    await using folder = await temporaryFolder();
    const reference = await folder.write('reference.csv', toCsv(rows(1)));
    const live = await folder.write('live.csv', toCsv(rows(2, { correlation: -0.7 })));
    const report = await driftReport('--reference', reference, '--live', live);
    assert.ok(schema(report), JSON.stringify(schema.errors));
    for (const { verdict } of report.features) assert.equal(verdict, 'stable');
    assert.equal(report.verdict, 'moved');
    const { together } = report;
    assert.equal(together?.verdict, 'moved');
    assert.ok(together.rocAuc > 0.75, `${together.rocAuc}`);
    assert.equal(together.terms[0].name, 'age × income');
    assert.ok(together.terms[0].share > 0.8, `${together.terms[0].share}`);
    assert.match(
      report.headline,
      /^The features have moved together, although no single one has\. All features together tell live rows from the reference: AUC 0\.8\d ± 0\.01, by age × income \([\d.]+ %\)\. One by one: No drift\./,
    );
    const { stdout, code } = await runCommand('drift', [
      '--reference',
      reference,
      '--live',
      live,
      '--fail-on',
      'drift',
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /^◆ The features have moved together/);
  });

  it('are an AUC of one half within three standard errors where nothing changed', () => {
    const deviations: number[] = [];
    for (let seed = 0; seed < 60; seed++) {
      const [m, n] = [
        [300, 1000],
        [1000, 300],
        [1000, 1000],
      ][seed % 3];
      const all = rows(1000 + seed, { count: m + n });
      const found = compare(all.slice(0, m), all.slice(m));
      assert.ok(found !== null);
      assert.notEqual(found.verdict, 'moved');
      deviations.push((found.rocAuc - 0.5) / found.standardError);
    }
    const largest = Math.max(...deviations.map(Math.abs));
    assert.ok(largest < 3, `${largest}`);
    const spread = Math.sqrt(deviations.reduce((sum, z) => sum + z * z, 0) / deviations.length);
    assert.ok(spread > 0.7 && spread < 1.3, `the error is off: ${spread}`);
  });

  it('are not distinguished by rows that are sent several times', () => {
    const thrice = (all: ReturnType<typeof rows>) => [...all, ...all, ...all];
    let largest = 0;
    for (let seed = 0; seed < 10; seed++) {
      const found = compare(thrice(rows(seed, { count: 400 })), thrice(rows(100 + seed, { count: 400 })));
      assert.ok(found !== null);
      largest = Math.max(largest, (found.rocAuc - 0.5) / found.standardError);
    }
    assert.ok(largest < 3, `${largest}`);
  });

  it('show a move of part of the rows by what correlates with it', () => {
    const live = rows(2, { count: 4000 }).map((row) =>
      row.kind === 'u' ? { ...row, age: row.age + 10 } : row,
    );
    const found = compare(rows(1, { count: 4000 }), live);
    const named = found?.terms.map(({ name }) => name) ?? [];
    assert.equal(found?.verdict, 'moved');
    assert.ok(named.slice(0, 3).includes('age × kind'), named.join());
  });

  it('are not judged by few rows', () => {
    assert.equal(compare(rows(1, { count: 40 }), rows(2)), null);
    assert.equal(compare(rows(1, { count: 100 }), rows(2, { count: 100 }))?.verdict, 'undetermined');
  });

  it('are given only if both sides have values, without what samples withhold', async () => {
    await using folder = await temporaryFolder();
    const samples = makeSamples({ count: 800 });
    const live = await folder.write('live.jsonl', toJsonl(samples));
    assert.equal((await driftReport('--model', model, '--live', live)).together, null);

    const sealed = sealArtifact({ ...artifact, sensitive: ['history'] });
    const sensitive = await folder.write('model.json', JSON.stringify(sealed));
    const table = await folder.write(
      'rows.csv',
      toCsv(makeSamples({ count: 800, seed: 5 }).map(({ features }) => features)),
    );
    const redacted = samples.map((sample) => ({
      ...sample,
      version: sealed.version,
      features: { ...sample.features, history: '[redacted]' },
    }));
    const hidden = await folder.write('redacted.jsonl', toJsonl(redacted));
    const { together } = await driftReport('--model', sensitive, '--reference', table, '--live', hidden);
    assert.equal(together?.verdict, 'stable');
    assert.ok(together.terms.every(({ name }) => !name.includes('history')));
  });

  it('name a sensitive feature, and none of its values', async () => {
    await using folder = await temporaryFolder();
    const sealed = sealArtifact({ ...artifact, sensitive: ['history'] });
    const sensitive = await folder.write('model.json', JSON.stringify(sealed));
    const turned = makeSamples({
      count: 1500,
      seed: 7,
      change: (row) => (row.history === 'none' ? { ...row, age: Number(row.age) + 20 } : row),
    });
    const reference = await folder.write(
      'a.csv',
      toCsv(makeSamples({ count: 1500 }).map(({ features }) => features)),
    );
    const live = await folder.write('b.csv', toCsv(turned.map(({ features }) => features)));
    const { together } = await driftReport('--model', sensitive, '--reference', reference, '--live', live);
    assert.equal(together?.verdict, 'moved');
    const told = together.terms.map(({ name }) => name).join();
    assert.match(told, /age × history/);
    assert.doesNotMatch(told, /none|paid|good|critical|delayed/);
  });
});
