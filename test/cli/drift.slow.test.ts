import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { featureBins } from '../../src/model/features.ts';
import { classesOf } from '../../src/model/output-classes.ts';
import { driftReportJsonSchema } from '../../src/report/compute/drift-report.ts';
import { createSampleFormatter } from '../../src/samples/sample.ts';
import { binLabels, createBinner } from '../../src/stats/binning.ts';
import { driftReport, featureOf, runCommand } from '../report/run-command.ts';
import { artifact, makeSamples, model, toCsv, toJsonl } from '../report/samples.ts';
import { logisticOf } from '../support/model-parts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const schema = new Ajv2020({ formats: { 'date-time': true } }).compile(driftReportJsonSchema());

describe('npm run drift', () => {
  it('finds no drift in the reference itself, and gives the documented JSON', async () => {
    await using folder = await temporaryFolder();
    const live = await folder.write('live.jsonl', toJsonl(makeSamples({ count: 1500 })));
    const report = await driftReport('--model', model, '--live', live, '--backtest');
    assert.ok(schema(report), JSON.stringify(schema.errors));
    assert.equal(report.verdict, 'stable');
    assert.deepEqual(report.model, { name: artifact.name, version: artifact.version });
    assert.equal(report.reference.samples, 1000);
    assert.equal(report.live.samples, 1500);
    assert.equal(report.live.from, '2026-01-05T00:00:00.000Z');
    assert.equal(report.live.to, '2026-01-06T00:59:00.000Z');
    assert.deepEqual(report.alarms, []);
    for (const variable of [...report.features, report.score!]) {
      assert.equal(variable.verdict, 'stable', variable.name);
      assert.equal(variable.samples, 1500);
      assert.equal(variable.wasserstein, null);
      assert.equal(
        variable.bins.reduce((sum, { live }) => sum + live, 0),
        1500,
      );
    }
    assert.deepEqual(
      [...featureOf(report, 'age').overTime]
        .map(({ samples }) => samples)
        .reduce((sum, count) => sum + count),
      1500,
    );
  });

  it('has its schema published', async () => {
    const published = JSON.parse(await readFile('docs/drift-report.schema.json', 'utf8'));
    assert.deepEqual(published, driftReportJsonSchema());
  });

  it('meets known answers on raw values, without a model', async () => {
    await using folder = await temporaryFolder();
    const table = (values: number[]) => toCsv(values.map((x) => ({ x })));
    const reference = await folder.write('a.csv', table([38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58]));
    const live = await folder.write('b.csv', table([39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8]));
    const report = await driftReport('--reference', reference, '--live', live);
    assert.ok(schema(report), JSON.stringify(schema.errors));
    const { kolmogorovSmirnov, wasserstein, summary } = featureOf(report, 'x');
    assert.equal(kolmogorovSmirnov?.basis, 'values');
    assert.ok(Math.abs((kolmogorovSmirnov?.statistic ?? 0) - 0.625) < 1e-9);
    assert.ok(Math.abs((kolmogorovSmirnov?.p ?? 0) - 0.08702408702408701) < 1e-9);
    assert.ok(Math.abs((wasserstein ?? 0) - 4.1625) < 1e-9);
    assert.ok(Math.abs((summary?.reference?.mean ?? 0) - 45.7125) < 1e-9);
    assert.equal(summary?.live?.percentiles.p50, 41.6);
    assert.equal(report.model, null);
    assert.equal(report.score, null);
  });

  it('says what has drifted, counts missing, unseen and outside, and fails on demand', async () => {
    await using folder = await temporaryFolder();
    const rows = makeSamples({ count: 1000 }).map(({ features }, i) => ({
      age: Number(features.age) + 30,
      limit: i % 5 === 0 ? null : features.limit,
      history: i % 10 === 0 ? 'sold' : features.history,
    }));
    const live = await folder.write('live.csv', toCsv(rows, ';'));
    const { stdout, code } = await runCommand('drift', [
      '--model',
      model,
      '--live',
      live,
      '--fail-on',
      'drift',
    ]);
    assert.equal(code, 3);
    assert.match(stdout, /^▲ age has drifted \(PSI [\d.]+, threshold 0\.1\d?\)/);
    assert.match(stdout, /% are missing, 0 % in the reference/);
    assert.match(stdout, /10 % were never seen in the reference, such as ‘sold’/);
    const report = await driftReport('--model', model, '--live', live);
    assert.equal(featureOf(report, 'history').unseen, 100);
    assert.deepEqual(featureOf(report, 'history').unseenValues, [{ value: 'sold', samples: 100 }]);
    assert.equal(featureOf(report, 'limit').missing, 200);
    assert.equal(featureOf(report, 'age').outsideRange, rows.filter(({ age }) => age > 75).length);
    assert.equal(report.features[0].name, 'age');
    // Scores are computed where a table has none.
    assert.equal(report.score?.samples, 1000);
    assert.match(report.consequence ?? '', /^age moves the scores most: by −0\.\d\d in log-odds/);
  });

  it('gives each feature its exact part in the change of the mean log-odds', async () => {
    await using folder = await temporaryFolder();
    const samples = makeSamples({ count: 500, change: (row) => ({ ...row, age: Number(row.age) + 7 }) });
    const live = await folder.write('live.jsonl', toJsonl(samples));
    const report = await driftReport('--model', model, '--live', live);
    const logOdds = samples.map(({ score }) => Math.log(score / (1 - score)));
    const mean = logOdds.reduce((sum, value) => sum + value, 0) / logOdds.length;
    const parts = report.features.reduce((sum, { logOddsChange }) => sum + (logOddsChange ?? Number.NaN), 0);
    assert.ok(
      Math.abs(mean - logisticOf(artifact).intercept - parts) < 1e-6,
      `${mean - logisticOf(artifact).intercept} and ${parts}`,
    );
  });

  it('orders features by what their move does to the scores, without a model by what goes with it', async () => {
    await using folder = await temporaryFolder();
    const before = await folder.write('before.jsonl', toJsonl(makeSamples({ count: 3000, seed: 4 })));
    const change = (row: Record<string, unknown>, i: number) => ({
      age: Number(row.age) + 2 + (i % 7),
      limit: row.limit,
      history: i % 4 === 0 ? 'critical' : row.history,
    });
    const live = await folder.write('live.jsonl', toJsonl(makeSamples({ count: 3000, change })));
    for (const args of [
      ['--model', model],
      ['--model', model, '--reference', before],
      ['--reference', before],
    ]) {
      const report = await driftReport(...args, '--live', live);
      assert.deepEqual(
        report.features.map(({ name, verdict }) => `${name} ${verdict}`),
        ['history drifting', 'age drifting', 'limit stable'],
        args.join(' '),
      );
      const [history, age, limit] = report.features.map(({ effect }) => effect ?? Number.NaN);
      assert.ok(history > 0.2 && history > age && age > 0.1 && limit < 0.05, `${history}, ${age}, ${limit}`);
      assert.match(report.headline, /^history has drifted \(.*\), and so has age\./);
      assert.match(report.consequence ?? '', /^history .*0\.\d\d standard deviations\.$/);
      assert.match(
        report.features[0].sentence,
        /The effect on the scores is large: 0\.\d\d standard deviations\./,
      );
    }
  });

  it('reads several files, globs, gzip and standard input alike', async () => {
    await using folder = await temporaryFolder();
    const samples = makeSamples({ count: 900 });
    const first = await folder.write('s.1.jsonl', toJsonl(samples.slice(0, 300)));
    const second = await folder.write('s.2.jsonl', gzipSync(toJsonl(samples.slice(300, 600))));
    const third = toJsonl(samples.slice(600));
    await folder.write('s.3.jsonl', third);
    const whole = await driftReport('--model', model, '--live', join(folder.path, 's.*.jsonl'));
    const { stdout } = await runCommand(
      'drift',
      ['--model', model, '--live', first, '--live', second, '--live', '-', '--json'],
      { input: third },
    );
    assert.deepEqual(JSON.parse(stdout), whole);
    assert.equal(whole.live.samples, 900);

    const rows = samples.map(({ features }) => features);
    const plain = await folder.write('rows.csv', toCsv(rows));
    const packed = await folder.write('packed', gzipSync(toCsv(rows, '\t')));
    assert.deepEqual(
      await driftReport('--model', model, '--live', plain),
      await driftReport('--model', model, '--live', packed),
    );
  });

  it('takes only the time that is asked for', async () => {
    await using folder = await temporaryFolder();
    const live = await folder.write('live.jsonl', toJsonl(makeSamples({ count: 100 })));
    const report = await driftReport(
      '--live',
      live,
      '--model',
      model,
      '--since',
      '2026-01-05T00:10',
      '--until',
      '2026-01-05T00:40:00Z',
    );
    assert.equal(report.live.samples, 30);
    assert.equal(report.live.from, '2026-01-05T00:10:00.000Z');
    assert.equal(report.live.to, '2026-01-05T00:39:00.000Z');
    const timed = makeSamples({ count: 100 }).map(({ time, features }) => ({ time, ...features }));
    const table = await folder.write('timed.csv', toCsv(timed));
    const ofTable = await driftReport('--live', table, '--model', model, '--until', '2026-01-05T00:40:00Z');
    assert.equal(ofTable.live.samples, 40);
    const ofTables = await driftReport(
      '--live',
      join(folder.path, 'timed.csv'),
      '--reference',
      join(folder.path, 'timed.csv'),
    );
    assert.deepEqual(ofTables.features.map(({ name }) => name).sort(), ['age', 'history', 'limit']);
  });

  it('shows only the features that are asked for', async () => {
    await using folder = await temporaryFolder();
    const live = await folder.write('live.jsonl', toJsonl(makeSamples({ count: 100 })));
    const { features } = await driftReport('--live', live, '--model', model, '--features', 'history,age');
    assert.deepEqual(features.map(({ name }) => name).sort(), ['age', 'history']);
  });

  it('passes over damaged lines and says where they are', async () => {
    await using folder = await temporaryFolder();
    const lines = toJsonl(makeSamples({ count: 50 })).split('\n');
    lines.splice(3, 0, '{"time":', '', '[]');
    const live = await folder.write('live.jsonl', lines.join('\n'));
    const report = await driftReport('--live', live, '--model', model);
    assert.equal(report.live.samples, 50);
    assert.equal(report.live.damagedLines, 2);
    assert.deepEqual(
      report.live.damaged.map(({ line }) => line),
      [4, 6],
    );
    const table = await folder.write(
      'live.csv',
      'age,limit,history\n31,2000,good\n31,2000\n"a,b\n44,1000,good\n',
    );
    assert.equal((await driftReport('--live', table, '--model', model)).live.samples, 2);
  });

  it('fails when not one line can be read', async () => {
    await using folder = await temporaryFolder();
    const live = await folder.write('live.jsonl', '{"time":\n{"x"\n');
    const { stderr, code } = await runCommand('drift', ['--live', live, '--model', model]);
    assert.equal(code, 1);
    assert.match(stderr, /live\.jsonl:1: not one line can be read: /);
  });

  it('separates the samples of other model versions', async () => {
    await using folder = await temporaryFolder();
    const samples = makeSamples({ count: 300 }).map((sample, i) =>
      i % 3 === 0
        ? { ...sample, version: '0123456789ab', features: { ...sample.features, age: 99 } }
        : sample,
    );
    const live = await folder.write('live.jsonl', toJsonl(samples));
    const report = await driftReport('--live', live, '--model', model);
    assert.equal(report.live.samples, 200);
    assert.deepEqual(report.live.otherVersions, [{ version: '0123456789ab', samples: 100 }]);
    assert.equal(featureOf(report, 'age').outsideRange, 0);
    const others = await folder.write('others.jsonl', toJsonl(samples.filter((_, i) => i % 3 === 0)));
    const none = await driftReport('--live', others, '--model', model);
    assert.equal(none.verdict, 'undetermined');
    assert.match(none.headline, /all 100 live requests are of other model versions/);
  });

  it('gives the same PSI for samples of bins as for those of values, and says what it cannot give', async () => {
    await using folder = await temporaryFolder();
    const samples = makeSamples({
      count: 400,
      change: (row, i) => (i % 50 === 0 ? { ...row, age: 90 } : row),
    });
    const format = createSampleFormatter({ artifact, values: 'bins' });
    const classes: readonly string[] = classesOf(artifact.output);
    const binners = artifact.features.map((feature) => createBinner(featureBins(feature)));
    const lines = samples.map(({ time, id, features, score, prediction }) => {
      const bins = artifact.features.map(({ name }, i) => binners[i](features[name]));
      const outside = artifact.features.map(({ name }) => (name === 'age' && features.age === 90 ? 1 : 0));
      return format(
        time,
        id,
        undefined,
        undefined,
        features,
        bins,
        outside,
        score,
        classes.indexOf(prediction),
      );
    });
    const raw = await driftReport(
      '--model',
      model,
      '--live',
      await folder.write('raw.jsonl', toJsonl(samples)),
    );
    const binned = await driftReport(
      '--model',
      model,
      '--live',
      await folder.write('bins.jsonl', `${lines.join('\n')}\n`),
    );
    for (const feature of raw.features) {
      const same = featureOf(binned, feature.name);
      assert.equal(same.psi, feature.psi);
      assert.equal(same.outsideRange, feature.outsideRange);
      assert.deepEqual(same.bins, feature.bins);
      assert.equal(same.summary?.live ?? null, null);
    }
    assert.match(binned.notes.join(), /hold bins, not values: p, Wasserstein distance, mean, percentiles/);
    const { stderr, code } = await runCommand('drift', [
      '--reference',
      join(folder.path, 'bins.jsonl'),
      '--live',
      join(folder.path, 'bins.jsonl'),
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /holds bins, not values: give the model that cut them with --model/);
    const itself = await driftReport(
      '--model',
      model,
      '--reference',
      join(folder.path, 'bins.jsonl'),
      '--live',
      join(folder.path, 'bins.jsonl'),
    );
    assert.ok(itself.features.every(({ psi }) => psi === 0));
    assert.equal(
      binLabels(featureBins(artifact.features[0])).length,
      itself.features.find(({ name }) => name === artifact.features[0].name)?.bins.length,
    );
  });

  it('compares scores alone when samples hold neither values nor bins', async () => {
    await using folder = await temporaryFolder();
    const samples = makeSamples({ count: 400 }).map(({ features, ...rest }) => rest);
    const report = await driftReport(
      '--model',
      model,
      '--live',
      await folder.write('off.jsonl', toJsonl(samples)),
    );
    assert.equal(report.score?.samples, 400);
    assert.equal(report.score?.verdict, 'stable');
    assert.ok(report.features.every(({ samples, verdict }) => samples === 0 && verdict === 'undetermined'));
    assert.match(report.notes.join(), /hold no feature values: only the scores can be compared/);
  });

  it('does not take withheld values for missing ones', async () => {
    await using folder = await temporaryFolder();
    const samples = makeSamples({
      count: 400,
      change: (row) => ({ ...row, history: '[redacted]', age: '[redacted]' }),
    });
    const report = await driftReport(
      '--model',
      model,
      '--live',
      await folder.write('live.jsonl', toJsonl(samples)),
    );
    assert.equal(featureOf(report, 'age').samples, 0);
    assert.equal(featureOf(report, 'history').samples, 0);
    assert.equal(featureOf(report, 'limit').samples, 400);
    assert.match(report.notes.join(), /age: withheld in 400 requests/);
  });

  it('counts what is no number as missing, and says so', async () => {
    await using folder = await temporaryFolder();
    const rows = makeSamples({ count: 400 }).map(({ features }, i) =>
      i === 7 ? { ...features, age: 'old' } : features,
    );
    const report = await driftReport('--model', model, '--live', await folder.write('live.csv', toCsv(rows)));
    assert.equal(featureOf(report, 'age').missing, 1);
    assert.match(report.notes.join(), /age: 1 values? (is|are) no numbers?/);
  });

  it('says how many more rows it needs', async () => {
    await using folder = await temporaryFolder();
    const live = await folder.write('live.jsonl', toJsonl(makeSamples({ count: 50 })));
    const report = await driftReport('--model', model, '--live', live);
    const age = featureOf(report, 'age');
    assert.equal(age.verdict, 'undetermined');
    const enough = await folder.write(
      'more.jsonl',
      toJsonl(makeSamples({ count: 50 + (age.samplesNeeded ?? 0) })),
    );
    assert.equal(featureOf(await driftReport('--model', model, '--live', enough), 'age').verdict, 'stable');
    assert.match(
      report.headline,
      /^Cannot tell yet whether the features drifted: \d+ more live requests are needed\.$/,
    );
    assert.equal(report.verdict, 'undetermined');
  });

  it('compares columns that both tables have, and names the others', async () => {
    await using folder = await temporaryFolder();
    const rows = makeSamples({ count: 300 }).map(({ features }, i) => ({ ...features, row: `r${i}` }));
    const reference = await folder.write('a.csv', toCsv(rows.map((row) => ({ ...row, gone: 1 }))));
    const live = await folder.write('b.csv', toCsv(rows.map((row) => ({ ...row, new: 1 }))));
    const report = await driftReport('--reference', reference, '--live', live);
    assert.deepEqual(
      report.features
        .filter(({ name }) => name !== 'row')
        .map(({ name, psi }) => [name, psi])
        .sort(),
      [
        ['age', 0],
        ['history', 0],
        ['limit', 0],
      ],
    );
    assert.match(report.notes.join(' '), /Only in the reference, and not compared: gone\./);
    assert.match(report.notes.join(' '), /Only in the live rows, and not compared: new\./);
  });

  it('compares more than a million values over bins, and says so', async () => {
    await using folder = await temporaryFolder();
    const column = (count: number) => `x\n${Array.from({ length: count }, (_, i) => i % 997).join('\n')}\n`;
    const reference = await folder.write('a.csv', column(5000));
    const live = await folder.write('b.csv', column(1_000_001));
    const report = await driftReport('--reference', reference, '--live', live);
    const { kolmogorovSmirnov, wasserstein, samples, psi } = featureOf(report, 'x');
    assert.equal(samples, 1_000_001);
    assert.equal(kolmogorovSmirnov?.basis, 'bins');
    assert.equal(kolmogorovSmirnov?.p, null);
    assert.equal(wasserstein, null);
    assert.ok(psi !== null && psi < 0.01);
    assert.match(report.notes.join(), /more than 1,000,000 values: x/);
  });

  it('colours a terminal, but not with NO_COLOR', async function () {
    const script = requireTool(this, 'script');
    const command = `${process.execPath} bin/vigia.cjs drift --model ${model} --live data/german-credit.csv`;
    for (const [noColor, expected] of [
      ['', true],
      ['1', false],
    ] as const) {
      const { stdout } = spawnSync(script, ['-qec', command, '/dev/null'], {
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: noColor, FORCE_COLOR: undefined },
      });
      assert.match(stdout, /No drift/);
      assert.equal(stdout.includes('\u001b[32m'), expected);
    }
  });

  it('shows a long name whole where the histograms leave room', async () => {
    await using folder = await temporaryFolder();
    const table = await folder.write(
      'table.csv',
      `AverageCharges\n${Array.from({ length: 1000 }, (_, i) => ((i * 37) % 100) / 2).join('\n')}\n`,
    );
    const { stdout } = await runCommand('drift', ['--reference', table, '--live', table]);
    assert.match(stdout, /^● AverageCharges █{10} · +█{10} · +0\.00 +0\.10 +– +stable/m);
  });

  it('fits 80 columns without colour where it is read by a program', async () => {
    await using folder = await temporaryFolder();
    const samples = makeSamples({ count: 3000, change: (row, i) => (i > 1500 ? { ...row, age: 70 } : row) });
    const live = await folder.write('live.jsonl', toJsonl(samples));
    const { stdout } = await runCommand('drift', ['--model', model, '--live', live, '--backtest']);
    for (const line of stdout.split('\n')) assert.ok([...line].length <= 80, line);
    assert.ok(!stdout.includes('\u001b'));
    assert.match(
      stdout,
      /▲ age +[▁▂▃▄▅▆▇█·]+ [·▁-█]+ +[▁▂▃▄▅▆▇█·]+ [·▁-█]+ +\d\.\d\d +0\.10 +\d\.\d\d +drifting/,
    );
    assert.match(
      stdout,
      /Backtest: \d+ alerts? would have fired \(UTC\):\n(.|\n)*ModelFeatureDrift age, 2026-01-06 /,
    );
  });

  it('writes the page beside what it prints, in one step', async () => {
    await using folder = await temporaryFolder();
    const live = await folder.write('live.jsonl', toJsonl(makeSamples({ count: 100 })));
    const page = join(folder.path, 'deep', 'report.html');
    const { stdout } = await runCommand('drift', [
      '--model',
      model,
      '--live',
      live,
      '--html',
      page,
      '--json',
    ]);
    assert.equal(JSON.parse(stdout).live.samples, 100);
    assert.match(await readFile(page, 'utf8'), /^<!doctype html>/);
  });

  for (const [args, status, message] of [
    [['--nonsense'], 2, /--nonsense/],
    [['--fail-on', 'anything'], 2, /--fail-on takes drift, not 'anything'/],
    [['--since', 'yesterday'], 2, /--since is a time such as/],
    [
      ['--since', '03/04/2026'],
      2,
      /--since 03\/04\/2026 could be day-first or month-first: say which with --dates/,
    ],
    [['--until', '31/02/2026'], 2, /--until is a time such as/],
    [['--dates', 'mdy'], 2, /--dates is day-first or month-first, not 'mdy'/],
    [
      ['--since', '03/04/2026', '--until', '01/05/2026', '--dates', 'month-first'],
      2,
      /is not before --until/,
    ],
    [['--since', '2026-01-02', '--until', '2026-01-01'], 2, /is not before --until/],
    [
      ['--model', model, '--features', 'height'],
      2,
      /the model has no feature 'height', but age, limit, history/,
    ],
    [['--live', '-', '--reference', '-'], 2, /standard input \(-\) can be read only once/],
    [['--model', model, '--live', 'none.csv'], 1, /^none\.csv: no such file/],
    [['--model', model, '--live', 'none-*.csv'], 1, /^none-\*\.csv: matches no file/],
    [['--model', 'none.json', '--live', 'package.json'], 1, /^none\.json: cannot read the model/],
    [
      ['--model', model, '--live', 'data/german-credit.csv', '--backtest'],
      1,
      /no row has a time: --backtest needs/,
    ],
    [
      ['--model', model, '--live', 'data/german-credit.csv', '--since', '2026-01-01'],
      1,
      /--since and --until need/,
    ],
    [['--model', model, '--live', 'src'], 1, /^src: is a folder/],
    [['--model', model, '--live', 'data/README.md'], 1, /column age: no such column/],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { stdout, stderr, code } = await runCommand('drift', args);
      assert.equal(code, status, stderr);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
      assert.equal(stdout, '');
    });
  }
});
