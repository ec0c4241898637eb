import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { runCommand } from '../report/run-command.ts';
import { root } from '../support/service.ts';

function evaluate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/vigia.cjs', 'evaluate', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

describe('npm run evaluate', () => {
  let folder: string;
  let artifact: Artifact;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-evaluate-'));
    artifact = await loadArtifact('models/credit.json');
  });
  after(() => rm(folder, { recursive: true }));

  const line = (id: string, score: number, outcome: string, more: object = {}) => ({
    time: '2026-01-31T12:00:00.000Z',
    id,
    outcome,
    model: artifact.name,
    version: artifact.version,
    score,
    prediction: score >= 0.5 ? 'bad' : 'good',
    predictedAt: '2026-01-30T12:00:00.000Z',
    ...more,
  });
  const sample = (id: string, score: number, history: string, more: object = {}) => ({
    time: '2026-01-30T12:00:00.000Z',
    id,
    model: artifact.name,
    version: artifact.version,
    features: { age: 30, limit: 2000, history },
    score,
    prediction: score >= 0.5 ? 'bad' : 'good',
    ...more,
  });
  async function write(name: string, lines: readonly object[]) {
    const path = join(folder, name);
    await writeFile(path, lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
    return path;
  }

  it('skips what the service would reject, and counts it by reason', async () => {
    const rows = [
      'age,limit,history,outcome',
      '30,2000,good,good',
      '31,2000,good,bad',
      '32,2000,none,good',
      '33,2000,none,1',
      ',2000,good,good',
      'NA,2000,good,good',
      'young,2000,good,good',
      '34,,,bad',
      `35,2000,${'x'.repeat(300)},bad`,
      '36,2000,sold,bad',
      '37,2000,good,',
      '38,2000,good',
    ];
    const path = join(folder, 'gaps.csv');
    await writeFile(path, `${rows.filter((row) => !row.endsWith(',1')).join('\n')}\n`);
    const { status, stdout } = evaluate('--data', path, '--json');
    assert.equal(status, 0);
    const { samples, leftOut, notes } = JSON.parse(stdout);
    assert.equal(samples, 4);
    assert.deepEqual(leftOut, [
      { reason: 'null', feature: 'age', rows: 2 },
      { reason: 'type', feature: 'age', rows: 1 },
      { reason: 'null', feature: 'limit', rows: 1 },
      { reason: 'too_long', feature: 'history', rows: 1 },
      { reason: 'unlabelled', feature: null, rows: 1 },
      { reason: 'unreadable', feature: null, rows: 1 },
    ]);
    assert.ok(
      notes.includes(
        "history: 1 row has a category that the reference lacks, such as 'sold', and that counts as an average one.",
      ),
    );
    const page = join(folder, 'gaps.html');
    const text = evaluate('--data', path, '--html', page).stdout.replaceAll(/\n +/g, ' ');
    const html = await readFile(page, 'utf8');
    const sentence =
      '2 rows that the service would reject are left out: age is missing, and the model needs it.';
    for (const shown of [text, html]) assert.ok(shown.includes(sentence), shown.slice(0, 2000));
    const lines = await write('gaps.jsonl', [
      { age: 30, limit: 2000, history: 'good', outcome: 'good' },
      { age: 31, limit: 2000, history: 'good', outcome: 'bad' },
      { age: '32', limit: 2000, history: 'good', outcome: 'bad' },
      { limit: 2000, history: 7, outcome: 'bad' },
    ]);
    const ofLines = JSON.parse(evaluate('--data', lines, '--json').stdout);
    assert.equal(ofLines.samples, 2);
    assert.deepEqual(
      ofLines.leftOut.map(({ rows }: { rows: number }) => rows),
      [1, 1],
    );
  });

  it('recognises outcomes however they are written, and says when no row can be scored', async () => {
    const { version: _, ...content } = artifact;
    const output = { ...artifact.output, positive: '1', negative: '0' };
    const coded = join(folder, 'coded.json');
    await writeFile(coded, formatArtifact(sealArtifact({ ...content, output })));
    const lines = await write('coded.jsonl', [
      { age: 30, limit: 2000, history: 'good', outcome: 0 },
      { age: 31, limit: 2000, history: 'good', outcome: '1.0' },
    ]);
    assert.equal(JSON.parse(evaluate('--model', coded, '--data', lines, '--json').stdout).samples, 2);
    const none = await write('none.jsonl', [{ age: null, limit: 2000, history: 'good', outcome: 'good' }]);
    const { status, stderr } = evaluate('--data', none);
    assert.equal(status, 1);
    assert.match(stderr, /no row has an outcome and can be scored: 1 row that the service would reject/);
  });

  it('measures labelled rows of a table, compressed or not', async () => {
    const { status, stdout } = evaluate('--data', 'data/german-credit.csv', '--by', 'history', '--json');
    assert.equal(status, 0);
    const report = JSON.parse(stdout);
    assert.equal(report.samples, 1000);
    const { truePositives, trueNegatives } = report.confusion;
    assert.equal(report.accuracy, (truePositives + trueNegatives) / 1000);
    assert.ok(report.accuracy > 0.7 && report.rocAuc > 0.65);
    assert.ok(Math.abs(report.binned.rocAuc - report.rocAuc) <= report.binned.rocAucMaxError);
    assert.ok(Math.abs(report.binned.expectedCalibrationError - report.expectedCalibrationError) < 1e-9);
    for (const name of ['precision', 'recall', 'f1', 'brier', 'logLoss']) {
      assert.ok(report.intervals[name].low < report[name] && report[name] < report.intervals[name].high);
    }
    assert.equal(report.slices.length, 5);
    assert.equal(
      report.slices.reduce((sum: number, slice: any) => sum + slice.samples, 0),
      1000,
    );
    assert.match(report.notes.join(), /trained on these very rows/);
    const packed = join(folder, 'credit.csv.gz');
    await writeFile(packed, gzipSync(await readFile('data/german-credit.csv')));
    const again = JSON.parse(evaluate('--data', packed, '--by', 'history', '--json').stdout);
    assert.deepEqual({ ...again, source: '' }, { ...report, source: '' });
    const [header, ...rows] = (await readFile('data/german-credit.csv', 'utf8')).split('\n');
    const damaged = gzipSync([header, ...new Array(20).fill(rows.join('\n'))].join('\n'));
    damaged[damaged.length - 5] ^= 1;
    await writeFile(packed, damaged);
    const { notes, samples } = JSON.parse(evaluate('--data', packed, '--json').stdout);
    assert.ok(samples > 1000);
    assert.doesNotMatch(notes.join(), /trained on these very rows/);
  });

  it('prints what fits a terminal of 80 columns, without colour', () => {
    const { status, stdout } = evaluate('--data', 'data/german-credit.csv', '--by', 'age');
    assert.equal(status, 0);
    assert.ok(!stdout.includes('\u001b'));
    for (const text of stdout.split('\n')) assert.ok([...text].length <= 80, text);
    assert.match(stdout, /^accuracy +0\.\d{3} +0\.\d{3} – 0\.\d{3} +0\.\d{3} ± 0\.\d{3}$/m);
    assert.match(stdout, /ROC curve/);
    assert.match(stdout, /Reliability/);
    assert.match(stdout, /^age 09 \(52.5, \+inf\)/m);
  });

  it('joins outcomes and samples by id, the first of each, of one version', async () => {
    const outcomes = await write('outcomes.jsonl', [
      line('a', 0.2, 'good'),
      line('b', 0.7, 'bad'),
      line('c', 0.6, 'good'),
      line('a', 0.2, 'bad'),
      line('d', 0.3, 'bad'),
      line('e', 0.9, 'bad', { version: '000000000000' }),
      line('f', 0.4, 'good', { predictedAt: new Date().toISOString() }),
      { not: 'an outcome', model: artifact.name, version: artifact.version },
      { forgottenKey: 'f00d', predictedMs: Date.now() },
    ]);
    const samples = await write('samples.jsonl', [
      sample('a', 0.2, 'good'),
      sample('b', 0.7, 'none'),
      sample('c', 0.6, 'none'),
      sample('x', 0.1, 'none'),
    ]);
    const args = ['--outcomes', outcomes, '--live', samples, '--by', 'history', '--maturity', '1', '--json'];
    const { status, stdout, stderr } = evaluate(...args);
    assert.equal(status, 0, stderr);
    const report = JSON.parse(stdout);
    assert.equal(report.samples, 4);
    assert.deepEqual(report.confusion, {
      truePositives: 1,
      falsePositives: 1,
      trueNegatives: 1,
      falseNegatives: 1,
    });
    assert.deepEqual(report.delay, { p50Days: 1, p95Days: 1 });
    assert.deepEqual(report.coverage.all, { predictions: 4, labelled: 3, share: 0.75 });
    assert.deepEqual(
      report.slices.map(({ bin, samples: n }: { bin: string; samples: number }) => `${bin} ${n}`),
      ['= good 1', '= none 2'],
    );
    const notes = report.notes.join('\n');
    assert.match(notes, /other versions are left out: 1 of credit 000000000000\./);
    assert.match(notes, /Left out: 1 outcome of predictions that are not old enough\./);
    assert.match(notes, /Repeated: 1 outcome; /);
    assert.match(notes, /Left out: 1 line without a valid outcome\./);
    assert.match(notes, /Without a sample: 1 outcome, counted, but in no slice\./);
    const other = evaluate('--outcomes', outcomes, '--model-version', '000000000000', '--json');
    assert.equal(JSON.parse(other.stdout).samples, 1);
  });

  it('joins samples of a shadow with the outcomes of the model that it followed, each once', async () => {
    const followed = { model: 'champion', version: '000000000000' };
    const outcomes = await write('followed.jsonl', [
      line('a', 0.1, 'good', followed),
      line('b', 0.1, 'bad', followed),
      line('c', 0.1, 'bad', followed),
    ]);
    const samples = await write('of-shadow.jsonl', [
      sample('a', 0.7, 'good'),
      sample('b', 0.8, 'none'),
      sample('b', 0.8, 'none'),
      sample('c', 0.9, 'none', { prediction: 'of no class' }),
    ]);
    const { status, stdout, stderr } = evaluate('--outcomes', outcomes, '--live', samples, '--json');
    assert.equal(status, 0, stderr);
    const page = join(folder, 'beside.html');
    const shown = evaluate('--outcomes', outcomes, '--live', samples, '--html', page);
    assert.match(shown.stdout, /Beside champion 000000000000, which it followed/);
    assert.match(shown.stdout, /^ROC AUC +1\.000 +0\.500 +–$/m);
    assert.match(
      await readFile(page, 'utf8'),
      /Beside champion 000000000000, on 2 rows that both have scored/,
    );
    const { confusion, delay, notes, besideChampions } = JSON.parse(stdout);
    assert.deepEqual(
      besideChampions.map(({ champion, outcomes }: any) => [champion, outcomes]),
      [[{ name: 'champion', version: '000000000000' }, 2]],
    );
    const [{ rocAuc, brierScore }] = besideChampions;
    assert.deepEqual(rocAuc, { champion: 0.5, shadow: 1, difference: null });
    assert.ok(Math.abs(brierScore.champion - 0.41) < 1e-12);
    assert.deepEqual(confusion, {
      truePositives: 1,
      falsePositives: 1,
      trueNegatives: 0,
      falseNegatives: 0,
    });
    assert.deepEqual(delay, { p50Days: 1, p95Days: 1 });
    assert.match(notes.join('\n'), /^2 outcomes came for a model that this one followed as its shadow/m);
  });

  it('skips predictions with an unreadable time, and says so', async () => {
    const outcomes = await write('odd-outcomes.jsonl', [
      line('a', 0.2, 'good', { predictedAt: '2026-01-30 12:00' }),
      line('b', 0.7, 'bad', { predictedAt: '30/02/2026' }),
      line('c', 0.6, 'good', { predictedAt: undefined }),
    ]);
    const samples = await write('odd-samples.jsonl', [
      sample('a', 0.2, 'good'),
      sample('d', 0.1, 'good', { time: 'yesterday' }),
    ]);
    const { stdout, stderr } = evaluate('--outcomes', outcomes, '--live', samples, '--json');
    const report = JSON.parse(stdout || stderr);
    assert.equal(report.samples, 1);
    assert.deepEqual(report.delay, { p50Days: 1, p95Days: 1 });
    assert.equal(report.coverage.all.predictions, 1);
    const notes = report.notes.join('\n');
    assert.match(notes, /Left out: 2 outcomes of predictions whose time cannot be read\./);
    assert.match(notes, /Left out: 1 sample without a readable time\./);
    const none = await write('no-times.jsonl', [line('a', 0.2, 'good', { predictedAt: 'soon' })]);
    assert.match(evaluate('--outcomes', none).stderr, /but 1 whose predictedAt is no time/);
  });

  it('slices by several features, given together or apart', () => {
    const together = evaluate('--data', 'data/german-credit.csv', '--by', 'age, history', '--json');
    const apart = evaluate('--data', 'data/german-credit.csv', '--by', 'age', '--by', '"history"', '--json');
    assert.equal(together.status, 0, together.stderr);
    const slices = JSON.parse(together.stdout).slices as { feature: string }[];
    assert.deepEqual(new Set(slices.map(({ feature }) => feature)), new Set(['age', 'history']));
    assert.deepEqual(JSON.parse(apart.stdout).slices, slices);
  });

  it('slices by bins if the samples contain no values', async () => {
    const outcomes = await write('o2.jsonl', [line('a', 0.2, 'good')]);
    const samples = await write('s2.jsonl', [
      sample('a', 0.2, '', { features: undefined, bins: { age: '03 (28.5, 30.5]' } }),
    ]);
    const { stdout } = evaluate('--outcomes', outcomes, '--live', samples, '--by', 'age', '--json');
    assert.equal(JSON.parse(stdout).slices[0].bin, '03 (28.5, 30.5]');
  });

  const failures: [string, string[], number, RegExp][] = [
    ['an unknown option', ['--nope'], 2, /--nope/],
    ['an unknown feature', ['--data', 'data/german-credit.csv', '--by', 'income'], 2, /no feature 'income'/],
    ['two kinds of rows', ['--data', 'x.csv', '--outcomes', 'y'], 2, /leave out --outcomes/],
    ['slices without samples', ['--outcomes', 'y', '--by', 'age'], 2, /--by needs --live/],
    ['a maturity that is none', ['--maturity', 'soon'], 2, /number of days/],
    ['a file that is not there', ['--data', 'nowhere.csv'], 1, /nowhere\.csv: no such file/],
    ['a table without outcomes', ['--data', 'package.json'], 1, /package\.json/],
  ];
  for (const [what, args, code, message] of failures) {
    it(`refuses ${what} in one line`, () => {
      const { status, stdout, stderr } = evaluate(...args);
      assert.equal(status, code, stderr);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split('\n').length, 1);
      assert.equal(stdout, '');
    });
  }

  it('says which versions exist when there is none of the model’s', async () => {
    const outcomes = await write('o3.jsonl', [line('e', 0.9, 'bad', { version: '000000000000' })]);
    const { status, stderr } = evaluate('--outcomes', outcomes);
    assert.equal(status, 1);
    assert.match(stderr, /no outcome of credit \w+, but 1 of credit 000000000000: /);
    const [, ...advised] = /(--model-version) (\S+) evaluates/.exec(stderr) ?? [];
    assert.equal(evaluate('--outcomes', outcomes, ...advised).status, 0, 'what it advises works');
  });

  it('asks for the model of the outcomes when they belong to another', async () => {
    const outcomes = await write('o4.jsonl', [
      {},
      line('e', 0.9, 'bad', { model: 'telco', version: 'v1' }),
      line('f', 0.9, 'bad', { model: undefined }),
    ]);
    for (const more of [[], ['--model-version', 'v1']]) {
      const { status, stderr } = evaluate('--outcomes', outcomes, ...more);
      assert.equal(status, 1);
      assert.match(stderr, /but 1 of telco v1: give the file of that model with --model$/m);
    }
  });

  it('says that the outcomes are too recent, and which setting accepts them', async () => {
    const predictedAt = new Date(Date.now() - 3_600_000).toISOString();
    const outcomes = await write('o5.jsonl', [line('e', 0.9, 'bad', { predictedAt })]);
    const { status, stderr } = evaluate('--outcomes', outcomes, '--maturity', '7');
    assert.equal(status, 1);
    assert.match(stderr, /no outcome of credit \w+ is old enough, of 1: .*--maturity 0/);
    assert.equal(evaluate('--outcomes', outcomes, '--maturity', '0').status, 0, 'what it advises works');
  });

  it('does not advise it if the predictions are from the future', async () => {
    const predictedAt = new Date(Date.now() + 3_600_000).toISOString();
    const outcomes = await write('o6.jsonl', [line('e', 0.9, 'bad', { predictedAt })]);
    const { stderr } = evaluate('--outcomes', outcomes, '--maturity', '0');
    assert.match(stderr, /no outcome of credit \w+ is in the past, by the clock of this machine, of 1$/m);
  });

  it('says that lines cannot be read, as those of one array cannot', async () => {
    const array = JSON.stringify([line('e', 0.9, 'bad'), line('f', 0.9, 'bad')]).replaceAll('},', '},\n');
    const outcomes = join(folder, 'o8.json');
    await writeFile(outcomes, array);
    const { status, stderr } = evaluate('--outcomes', outcomes);
    assert.equal(status, 1);
    assert.match(stderr, /no outcome of credit \w+, but 2 lines that cannot be read$/m);
  });

  it('says what the outcomes lack when none can be used', async () => {
    const outcomes = await write('o7.jsonl', [line('e', 0.9, 'maybe')]);
    const { stderr } = evaluate('--outcomes', outcomes);
    assert.match(stderr, /no outcome of credit \w+ has an id, a score, and good or bad as .*, of 1$/m);
  });
});

describe('npm run drift -- --outcomes', () => {
  it('refuses options that do not go with it', async () => {
    for (const more of [['--json'], ['--since', '2026-01-01'], ['--live', '-'], ['--reference', 'x.csv']]) {
      const { code, stderr } = await runCommand('drift', ['--outcomes', 'outcomes.jsonl', ...more]);
      assert.equal(code, 2, more.join(' '));
      assert.match(stderr, /^--(outcomes|json) .*\n$/);
    }
  });
});
