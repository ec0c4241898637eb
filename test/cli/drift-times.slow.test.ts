import assert from 'node:assert/strict';
import { driftReport, runCommand } from '../report/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const reference = `age\n${Array.from({ length: 400 }, (_, i) => 20 + (i % 40)).join('\n')}\n`;

/** A table with one row a time. */
function table(times: readonly string[]): string {
  return `time,age\n${times.map((time, i) => `${time},${20 + (i % 40)}`).join('\n')}\n`;
}

function lines(times: readonly unknown[]): string {
  return times.map((time, i) => `${JSON.stringify({ time, age: 20 + (i % 40) })}\n`).join('');
}

/** Lines as another service may write them: samples whose times are not in ISO 8601. */
function samples(times: readonly string[]): string {
  return times
    .map((time, i) => `${JSON.stringify({ time, score: 0.5, features: { age: 20 + (i % 40) } })}\n`)
    .join('');
}

const pad = (value: number) => String(value).padStart(2, '0');

/** Every hour of the first `days` days of 2026. */
function everyHour(days: number, write: (date: Date) => string): string[] {
  return Array.from({ length: days * 24 }, (_, i) => write(new Date(Date.UTC(2026, 0, 1, i))));
}

const clock = (date: Date) => `${pad(date.getUTCHours())}:00`;
const dayFirst = (date: Date) =>
  `${pad(date.getUTCDate())}/${pad(date.getUTCMonth() + 1)}/2026 ${clock(date)}`;
const monthFirst = (date: Date) => `${date.getUTCMonth() + 1}-${date.getUTCDate()}-2026 ${clock(date)}`;

describe('times of live rows', () => {
  const february = ['--since', '2026-02-01', '--until', '2026-02-19'];

  it('are the same in every notation', async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write('reference.csv', reference);
    const notations: Record<string, string> = {
      iso: table(everyHour(59, (date) => date.toISOString())),
      'day-first': table(everyHour(59, dayFirst)),
      'month-first': table(everyHour(59, monthFirst)),
      seconds: table(everyHour(59, (date) => String(date.getTime() / 1000))),
      named: table(
        everyHour(
          59,
          (date) => `${date.getUTCDate()} ${date.getUTCMonth() ? 'Feb' : 'January'} 2026 ${clock(date)}`,
        ),
      ),
      'day of the year': table(
        everyHour(59, (date) => {
          const day = 1 + Math.floor((date.getTime() - Date.UTC(2026, 0, 1)) / 86_400_000);
          return `2026-${String(day).padStart(3, '0')} ${clock(date)}`;
        }),
      ),
      jsonl: lines(everyHour(59, dayFirst)),
      milliseconds: lines(everyHour(59, String).map((text) => Date.parse(text))),
    };
    for (const [name, content] of Object.entries(notations)) {
      const live = await folder.write(`${name}.live`, content);
      const report = await driftReport('--reference', file, '--live', live, ...february);
      assert.equal(report.live.samples, 18 * 24, name);
      assert.equal(report.live.from, '2026-02-01T00:00:00.000Z', name);
      assert.equal(report.live.to, '2026-02-18T23:00:00.000Z', name);
      assert.deepEqual(report.notes, [], name);
      assert.deepEqual(
        report.features.map((feature) => feature.name),
        ['age'],
        name,
      );
    }
  });

  it('are UTC without a zone, whatever zone the machine is in', async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write('reference.csv', reference);
    const live = await folder.write(
      'live.csv',
      table(
        everyHour(
          59,
          (date) => `2026-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())} ${clock(date)}`,
        ),
      ),
    );
    for (const TZ of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
      const args = ['--reference', file, '--live', live, ...february, '--json'];
      const { stdout } = await runCommand('drift', args, { env: { TZ } });
      const report = JSON.parse(stdout);
      assert.equal(report.live.samples, 18 * 24, TZ);
      assert.equal(report.live.to, '2026-02-18T23:00:00.000Z', TZ);
    }
  });

  it('that cannot be read are counted and said, in the text and on the page', async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write('reference.csv', reference);
    const times = [...everyHour(3, dayFirst), '20/01/2026', '31/02/2026', '1/3/26', 'tomorrow', '', 'NA'];
    const live = await folder.write('live.csv', table(times));
    const whole = await driftReport('--reference', file, '--live', live);
    assert.equal(whole.live.samples, 78);
    assert.deepEqual(whole.notes, [
      "Rows whose time cannot be read, such as '31/02/2026', count, but at no time: 3.",
    ]);
    const page = `${folder.path}/page.html`;
    const args = ['--reference', file, '--live', live, '--since', '2026-01-01'];
    const { stdout, code } = await runCommand('drift', [...args, '--html', page]);
    assert.equal(code, 0);
    const text = stdout.replaceAll(/\s+/g, ' ');
    assert.match(text, /Note: Rows whose time cannot be read, such as '31\/02\/2026', are left out: 3\. /);
    assert.match(text, /Note: Rows without a time are left out: 2\. /);
    const html = await (await import('node:fs/promises')).readFile(page, 'utf8');
    assert.match(html, /whose time cannot be read, such as .{1,6}31\/02\/2026/);
  });

  it('are asked for by name where a column called time holds something else', async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write('reference.csv', reference);
    const serial = Array.from({ length: 300 }, (_, i) => 46_023 + i / 24);
    for (const [name, content, what] of [
      ['serial.csv', table(serial.map(String)), /no row has a time: its column time holds other things/],
      ['serial.jsonl', lines(serial), /no row has a time: its column time holds other things/],
      [
        'named.csv',
        table(everyHour(3, dayFirst)).replace('time', 'made'),
        /no row has a time: .*a column named time: rename the column made, which looks like dates$/m,
      ],
    ] as const) {
      const live = await folder.write(name, content);
      const { stderr, code } = await runCommand('drift', ['--reference', file, '--live', live, '--backtest']);
      assert.equal(code, 1);
      assert.match(stderr, what);
    }
  });

  it('are refused where a period is asked for and no row has one that can be read', async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write('reference.csv', reference);
    const live = await folder.write('live.csv', table(['1/1/26', '2/1/26', '']));
    const { stderr, code } = await runCommand('drift', ['--reference', file, '--live', live, '--backtest']);
    assert.equal(code, 1);
    assert.match(stderr, /live\.csv: no row has a time that can be read: '1\/1\/26'/);
  });
});

describe('which number of a date is the day', () => {
  /** Only from the row 2,401 on is a day above 12. */
  const late = Array.from({ length: 2600 }, (_, i) => `0${1 + (i % 9)}/02/2026`).fill('13/02/2026', 2400);
  const period = ['--since', '2026-02-01', '--until', '2026-03-01'];

  for (const [name, write] of [
    ['table', table],
    ['table with quotes', (times: readonly string[]) => table(times.map((time) => `"${time}"`))],
    ['JSONL file', lines],
    ['file of samples', samples],
  ] as const) {
    it(`is told by the whole column of a ${name}, not by its beginning`, async () => {
      await using folder = await temporaryFolder();
      const file = await folder.write('reference.csv', reference);
      const live = await folder.write('live.txt', write(late));
      const report = await driftReport('--reference', file, '--live', live, ...period);
      assert.equal(report.live.samples, 2600);
      assert.equal(report.live.from, '2026-02-01T00:00:00.000Z');
      assert.deepEqual(report.notes, []);
      const piped = await runCommand('drift', ['--reference', file, '--live', '-', ...period, '--json'], {
        input: write(late),
      });
      assert.deepEqual(JSON.parse(piped.stdout).live, report.live);
    });
  }

  it('is told by another file where its own does not tell', async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write('reference.csv', reference);
    const first = await folder.write('a.csv', table(['05/02/2026', '05/02/2026']));
    const second = await folder.write('b.jsonl', lines(['13/02/2026']));
    const report = await driftReport('--reference', file, '--live', first, '--live', second, ...period);
    assert.equal(report.live.samples, 3);
    assert.equal(report.live.from, '2026-02-05T00:00:00.000Z');
  });

  for (const [what, times, untold] of [
    ['no date tells', ['05/02/2026', '06/02/2026', '07/07/2026'], 2],
    ['dates tell both', ['05/02/2026', '13/02/2026', '02/13/2026'], 1],
  ] as const) {
    it(`is asked for where ${what}`, async () => {
      await using folder = await temporaryFolder();
      const file = await folder.write('reference.csv', reference);
      const live = await folder.write('live.csv', table(times));
      const args = ['--reference', file, '--live', live];
      const refused = await runCommand('drift', [...args, ...period]);
      assert.equal(refused.code, 1);
      assert.match(
        refused.stderr,
        /live\.csv: \d times? such as '05\/02\/2026' could be day-first or month-first: say which with --dates/,
      );
      const told = await driftReport(...args);
      assert.equal(told.live.samples, 3);
      assert.match(
        told.notes.join(),
        new RegExp(`^${untold} times? such as '05/02/2026' could be .* count, but at no time\\.$`),
      );
      const asked = await driftReport(
        ...args,
        '--dates',
        'month-first',
        '--since',
        '2026-05-01',
        '--until',
        '2026-05-03',
      );
      assert.equal(asked.live.samples, 1);
      assert.equal(asked.live.from, '2026-05-02T00:00:00.000Z');
    });
  }
});
