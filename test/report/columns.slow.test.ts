import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createRandom } from '../../src/stats/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';
import { driftReport, featureOf, runCommand } from './run-command.ts';

const run = promisify(execFile);

/** A table whose column `grade` is empty in all but the last rows, as one that was joined late. */
function lateColumn(rows: number, seed: number): string[] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, (_, i) => {
    const grade = i < rows * 0.9 ? '' : (300 + 600 * random()).toFixed(1);
    return `${random() < 0.5 ? 'north' : 'south'},${grade}`;
  });
}

const table = (rows: readonly string[], header = 'branch,grade') => `${[header, ...rows].join('\n')}\n`;

describe('the columns of tables', () => {
  it('are judged by all rows: a column empty at the start is one of numbers, in any order', async () => {
    await using folder = await temporaryFolder();
    const [reference, live] = [lateColumn(20_000, 1), lateColumn(3000, 2)];
    const liveFile = await folder.write('live.csv', table(live));
    const forwards = await folder.write('forwards.csv.gz', gzipSync(table(reference)));
    const backwards = await folder.write('backwards.csv', table(reference.toReversed()));
    const reports = await Promise.all(
      [forwards, backwards].map((path) => driftReport('--reference', path, '--live', liveFile)),
    );
    const grades = reports.map((report) => featureOf(report, 'grade'));
    for (const grade of grades) {
      assert.equal(grade.kind, 'numeric');
      assert.equal(grade.verdict, 'stable');
    }
    assert.deepEqual(grades[0].bins, grades[1].bins);
    assert.deepEqual(grades[0].summary, grades[1].summary);
  });

  it('are numeric if the others are uninformative marks, or missing, in tables and JSON', async () => {
    await using folder = await temporaryFolder();
    const rows = lateColumn(2000, 1);
    const live = await folder.write('live.csv', table(lateColumn(3000, 2)));
    const counted = (mark: string) =>
      mark === 'NA' ? [] : [/^grade: 1,800 values of the reference are no numbers and count as missing\.$/];
    for (const mark of ['-', '?', '--', '\u2014', 'NA']) {
      const written = rows.map((row) => row.replace(/,$/, `,${mark}`));
      const objects = written.map((row) => {
        const [branch, grade] = row.split(',');
        return JSON.stringify({ branch, grade: grade === mark ? mark : Number(grade) });
      });
      for (const [name, content] of [
        ['marks.csv', table(written)],
        ['marks.jsonl', objects.join('\n')],
      ]) {
        const reference = await folder.write(name, content);
        const report = await driftReport('--reference', reference, '--live', live);
        const { kind, verdict } = featureOf(report, 'grade');
        assert.deepEqual([kind, verdict], ['numeric', 'stable'], `${mark} in ${name}`);
        if (name === 'marks.csv') {
          assert.equal(report.notes.length, counted(mark).length, report.notes.join());
          for (const [i, note] of counted(mark).entries()) assert.match(report.notes[i], note);
        }
      }
    }
    const signs = Array.from({ length: 400 }, (_, i) => `${i % 50},${i % 3 ? '+' : '-'}`);
    const rhesus = await folder.write('rhesus.csv', table(signs, 'age,rhesus'));
    const report = await driftReport('--reference', rhesus, '--live', rhesus);
    assert.equal(featureOf(report, 'rhesus').kind, 'categorical');
  });

  it('are judged by all files of the reference', async () => {
    await using folder = await temporaryFolder();
    const rows = lateColumn(20_000, 1);
    const empty = await folder.write('a.csv', table(rows.slice(0, 10_000)));
    const rest = await folder.write('b.csv', table(rows.slice(10_000)));
    const live = await folder.write('live.csv', table(lateColumn(3000, 2)));
    const report = await driftReport('--reference', empty, '--reference', rest, '--live', live);
    assert.equal(featureOf(report, 'grade').kind, 'numeric');
    assert.equal(featureOf(report, 'grade').verdict, 'stable');
    assert.equal(report.reference.samples, 20_000);
  });

  it('are the same from standard input, compressed or not', async () => {
    await using folder = await temporaryFolder();
    const rows = table(lateColumn(20_000, 1));
    const path = await folder.write('rows.csv', rows);
    const file = await driftReport('--reference', path, '--live', path);
    for (const input of [rows, gzipSync(rows)]) {
      const ended = await runCommand('drift', ['--reference', path, '--live', '-', '--json'], { input });
      assert.equal(ended.stderr, '');
      assert.deepEqual(JSON.parse(ended.stdout), file);
    }
  });

  it('are the same from a pipe that has a name', async function () {
    const bash = requireTool(this, 'bash');
    await using folder = await temporaryFolder();
    const path = await folder.write('rows.csv', table(lateColumn(20_000, 1)));
    const script = `"$NODE" bin/vigia.cjs drift --reference <("$NODE" -e 'fs.createReadStream(process.argv[1]).pipe(process.stdout)' "$FILE") --live "$FILE" --json`;
    const env = { ...process.env, NODE: process.execPath, FILE: path };
    const { stdout } = await run(bash, ['-c', script], { env, maxBuffer: 1e8 });
    assert.deepEqual(JSON.parse(stdout), await driftReport('--reference', path, '--live', path));
  });

  it('are counted once, damaged rows and torn gzip data too', async () => {
    await using folder = await temporaryFolder();
    const random = createRandom(1);
    const rows = Array.from({ length: 90_000 }, () => `north,${random()}`);
    const path = await folder.write('rows.csv', table(rows));
    const torn = gzipSync(table([...rows.slice(0, 5000), 'north', ...rows.slice(5000)]));
    torn.fill(0, torn.length - 20_000, torn.length - 10_000);
    const live = await folder.write('torn.csv.gz', torn);
    const ended = await runCommand('drift', ['--reference', path, '--live', live, '--json']);
    const piped = await runCommand('drift', ['--reference', path, '--live', '-', '--json'], { input: torn });
    for (const { stdout } of [ended, piped]) {
      const report = JSON.parse(stdout);
      const damaged: { line: number; reason: string }[] = report.live.damaged;
      assert.equal(damaged.filter(({ line }) => line === 5002).length, 1);
      assert.equal(damaged.filter(({ reason }) => reason.startsWith('damaged gzip data')).length, 1);
      assert.ok(report.live.samples > 5000 && report.live.samples < 90_000);
    }
  });

  it('read thousands that the column shows', async () => {
    await using folder = await temporaryFolder();
    const values = Array.from({ length: 400 }, (_, i) => Math.round(10 ** (1 + (i % 100) / 33)));
    const rows = (write: (value: number) => string) => values.map((value, i) => `${write(value)}\t${i % 7}`);
    const grouped = await folder.write(
      'grouped.tsv',
      table(
        rows((v) => v.toLocaleString('en')),
        'income\tage',
      ),
    );
    const german = await folder.write(
      'german.tsv',
      table(
        rows((v) => v.toLocaleString('de')),
        'income\tage',
      ),
    );
    const plain = await folder.write('plain.tsv', table(rows(String), 'income\tage'));
    for (const path of [grouped, german]) {
      const { psi, summary } = featureOf(await driftReport('--reference', plain, '--live', path), 'income');
      assert.equal(psi, 0);
      assert.deepEqual(summary?.live, summary?.reference);
    }
  });

  it('are refused if the notation is ambiguous, unless it is given', async () => {
    await using folder = await temporaryFolder();
    const rows = Array.from({ length: 300 }, (_, i) => `${(i % 9) + 1},${100 + (i % 90)}`);
    const path = await folder.write('unclear.tsv', table(rows, 'weight'));
    const unclear = await folder.write(
      'unclear.csv',
      table(
        rows.map((row) => `${row}\tx`),
        'weight\tname',
      ),
    );
    const { code, stdout, stderr } = await runCommand('drift', ['--reference', unclear, '--live', path]);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    assert.match(
      stderr,
      /^.*unclear\.csv:2: column weight: '1,100' is 1100 or 1\.1, .* --decimal \. or --decimal ,\n$/,
    );
    for (const [sign, mean] of [
      ['.', 5144.5],
      [',', 5.1445],
    ] as const) {
      const report = await driftReport('--reference', unclear, '--live', unclear, '--decimal', sign);
      const { summary } = featureOf(report, 'weight');
      assert.ok(Math.abs((summary?.live?.mean ?? 0) / mean - 1) < 0.01, `${summary?.live?.mean}`);
    }
    const wrong = await runCommand('drift', ['--live', path, '--decimal', ';']);
    assert.equal(wrong.code, 2);
  });

  it('are refused with the line where a different notation begins', async () => {
    await using folder = await temporaryFolder();
    const points = Array.from({ length: 3000 }, (_, i) => `${i}.5;x`);
    const commas = Array.from({ length: 1000 }, (_, i) => `${i},5;x`);
    const path = await folder.write('mixed.csv', table([...points, ...commas], 'amount;name'));
    const { code, stderr } = await runCommand('drift', ['--reference', path, '--live', path]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /mixed\.csv:3002: column amount: '0,5' has a decimal comma, but '0\.5' on line 2 a decimal point/,
    );
    const slip = await folder.write('slip.csv', table([...points, commas[7]], 'amount;name'));
    const report = await driftReport('--reference', slip, '--live', slip);
    assert.ok(report.notes.some((note) => note.startsWith('amount: 1 value is no number')));
  });

  it('contain NA as a category if it is quoted, and a missing value if it is not', async () => {
    await using folder = await temporaryFolder();
    const countries = (mark: string) =>
      Array.from({ length: 3000 }, (_, i) => `${[mark, 'ZA', 'ZM'][i % 3]},${i % 50}`);
    const quoted = await folder.write('quoted.csv', table(countries('"NA"'), 'country,age'));
    const bare = await folder.write('bare.csv', table(countries('NA'), 'country,age'));
    const jsonl = await folder.write(
      'rows.jsonl',
      countries('NA')
        .map((row) => row.split(','))
        .map(([country, age]) => `${JSON.stringify({ country, age: Number(age) })}\n`)
        .join(''),
    );
    for (const live of [quoted, bare, jsonl]) {
      const known = featureOf(await driftReport('--reference', quoted, '--live', live), 'country');
      assert.deepEqual(
        { psi: known.psi, missing: known.missing, unseen: known.unseen },
        { psi: 0, missing: 0, unseen: 0 },
      );
      const missing = featureOf(await driftReport('--reference', bare, '--live', live), 'country');
      assert.deepEqual(
        { psi: missing.psi, missing: missing.missing, unseen: missing.unseen },
        { psi: 0, missing: 1000, unseen: 0 },
      );
    }
  });

  it('contain codes, booleans and texts by one rule, even without a model', async () => {
    await using folder = await temporaryFolder();
    const reference = Array.from(
      { length: 3000 },
      (_, i) => `k${i % 4}-é,${i % 3 === 0 ? 'True' : 'False'},${i % 50}`,
    );
    const live = reference.map((row) =>
      row.normalize('NFD').replace('True', 'true').replace('False', 'FALSE'),
    );
    const header = 'code,flag,age';
    const report = await driftReport(
      '--reference',
      await folder.write('reference.csv', table(reference, header)),
      '--live',
      await folder.write('live.csv', table(live, header)),
    );
    for (const name of ['code', 'flag', 'age']) assert.equal(featureOf(report, name).psi, 0, name);
  });
});
