import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dateOrderOf, looksLikeTime, parseTime } from '../../src/times/parse-time.ts';

const noon = '2026-01-31T12:00:00.000Z';
const midnight = '2026-01-31T00:00:00.000Z';

/** What is read, in UTC; all of it by hand. */
const readable: readonly [text: string | number, iso: string][] = [
  // ISO 8601 and what databases and languages write in its place
  ['2026-01-31', midnight],
  ['2026-01-31T12:00', noon],
  ['2026-01-31 12:00:00', noon],
  ['2026-01-31t12:00:00z', noon],
  ['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.500Z'],
  ['2026-01-31T12:00:00,123456789Z', '2026-01-31T12:00:00.123Z'],
  ['2026-01-31T13:00:00+01:00', noon],
  ['2026-01-31T13:00:00+0100', noon],
  ['2026-01-31 13:00:00+01', noon],
  ['2026-01-31 06:30:00 -05:30', noon],
  ['2026-01-31 12:00:00 UTC', noon],
  ['2026-01-31T13:00+01:00[Europe/Berlin]', noon],
  ['2026-01-31 14:00 GMT+2', noon],
  ['2026-01-31 10:00:00 UTC-2', noon],
  ['2026-01-31T10:00\u221202:00', noon],
  ['2026-01-31\u00a012:00', noon],
  ['20260131T120000Z', noon],
  ['20260131', midnight],
  ['2026/01/31 12:00', noon],
  ['2026.1.31', midnight],
  ['  2026-01-31  ', midnight],
  ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
  // days of a week and of a year
  ['2026-W05-6', midnight],
  ['2026W056', midnight],
  ['2026-W05-6T12:00Z', noon],
  ['2026W056T130000+0100', noon],
  ['2026-W01-1', '2025-12-29T00:00:00.000Z'],
  ['2020-W53-7', '2021-01-03T00:00:00.000Z'],
  ['2021-W01-1', '2021-01-04T00:00:00.000Z'],
  ['2026-031', midnight],
  ['2026-031T12:00:00', noon],
  ['2024-366', '2024-12-31T00:00:00.000Z'],
  // day or month first, where the date itself tells
  ['31/01/2026', midnight],
  ['31.1.2026 12:00', noon],
  ['31-01-2026', midnight],
  ['01/31/2026, 12:00:00 PM', noon],
  ['1/31/2026 12:00 am', midnight],
  ['1/31/2026, 12:00:00\u202fPM', noon],
  ['05/05/2026', '2026-05-05T00:00:00.000Z'],
  // names
  ['31 Jan 2026', midnight],
  ['31st of January 2026', midnight],
  ['January 31, 2026', midnight],
  ['Jan. 31, 2026 12:00 p.m.', noon],
  ['2026-Jan-31', midnight],
  ['31-JAN-2026 12:00:00', noon],
  ['3 Sept 2026', '2026-09-03T00:00:00.000Z'],
  ['Sat, 31 Jan 2026 12:00:00 GMT', noon],
  ['Sat Jan 31 2026 13:00:00 GMT+0100 (Central European Standard Time)', noon],
  ['31/Jan/2026:12:00:00 +0000', noon],
  ['Sat Jan 31 12:00:00 2026', noon],
  ['Sat Jan 31 12:00:00 UTC 2026', noon],
  ['Sat Jan 31 13:00:00.000 +0100 2026', noon],
  ['Jan  3 12:00:00 2026', '2026-01-03T12:00:00.000Z'],
  // since 1970: seconds, milli-, micro-, nanoseconds
  [1_769_860_800, noon],
  ['1769860800', noon],
  [20_260_131, midnight],
  ['1769860800.25', '2026-01-31T12:00:00.250Z'],
  [1_769_860_800_000, noon],
  ['1769860800000000', noon],
  ['1769860800000000000', noon],
  // the ends of days, and leap seconds
  ['2026-01-30T24:00', midnight],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['2017-01-01T05:29:60+05:30', '2017-01-01T00:00:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2000-02-29', '2000-02-29T00:00:00.000Z'],
  ['0001-01-01', '0001-01-01T00:00:00.000Z'],
  ['0099-12-31', '0099-12-31T00:00:00.000Z'],
  ['9999-12-31', '9999-12-31T00:00:00.000Z'],
];

const unreadable: readonly unknown[] = [
  ...['', ' ', 'NA', 'yesterday', 'old 5', '12', '12:30', '1.5', '1,234', 'May 2026', '2026', '2026-01'],
  ...[
    '2026-02-29',
    '1900-02-29',
    '31/04/2026',
    '2026-02-30T00:00Z',
    '30 Feb 2026',
    '2026-13-01',
    '2026-00-10',
  ],
  ...['0000-00-00', '0000-01-01', '-0044-03-15', '+12026-01-01', '44 BC'],
  ...['31/01/26', '1/31/26', '26-01-31', '01/02/2026', '13/13/2026', '31/01-2026'],
  ...[
    '2026-01-31T25:00',
    '2026-01-31T24:01',
    '2026-01-31T24:00:00.5',
    '2026-01-31T12:60',
    '2026-01-31T12:00:61',
  ],
  ...['2026-01-31T12:00:60Z', '2026-01-31 0:10 AM', '2026-01-31 13:00 PM', '2026-01-31T12', '2026-01-31T'],
  ...[
    '2026-01-31T12:00:00 EST',
    '2026-01-31T12:00+24:00',
    '2026-01-31T12:00+01:60',
    '2026-01-31Z',
    '2026-01-31x',
  ],
  ...[
    '2026-W00-1',
    '2026-W54-1',
    '2021-W53-1',
    '2026-W05-8',
    '2026-W05',
    '2026-W05-6-1',
    '2026W05-6',
    '2026-W056',
  ],
  ...['2026-000', '2026-366', '2026-0311', '2026031', '2026-031x', '2026W056T12:00x'],
  ...['Sat Jan 31 12:00:00 EST 2026', 'Jan 31 12:00:00', 'Jan 31 12:00:00 26'],
  ...['3 Foo 2026', '31 Januar 2026', '176986080', '17698608001', '-1769860800', '1e12'],
  ...[12, 0, -1, 1e300, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, true, {}, [], new Date(0)],
];

describe('a time', () => {
  for (const [text, iso] of readable) {
    it(`is read from ${JSON.stringify(text)}`, () =>
      assert.equal(new Date(parseTime(text)).toISOString(), iso));
  }

  it('is in nothing else', () => {
    for (const text of unreadable) assert.ok(Number.isNaN(parseTime(text)), JSON.stringify(text));
  });

  it('is read in the order of day and month that is given', () => {
    assert.equal(parseTime('01/02/2026', 'day-first'), Date.UTC(2026, 1, 1));
    assert.equal(parseTime('01/02/2026', 'month-first'), Date.UTC(2026, 0, 2));
    assert.equal(parseTime('2026-01-02', 'day-first'), Date.UTC(2026, 0, 2));
    assert.ok(Number.isNaN(parseTime('01/31/2026', 'day-first')));
    assert.ok(Number.isNaN(parseTime('31/01/2026', 'month-first')));
  });

  it('is UTC without a zone, wherever the machine is', () => {
    const script = `import { parseTime } from './src/times/parse-time.ts';
      const texts = ['2026-07-31 12:00', '31/07/2026 12:00', 'July 31, 2026 12:00 PM', '2026-07-31', '2026-03-29T02:30'];
      console.log(new Date(0).getTimezoneOffset(), texts.map((text) => new Date(parseTime(text)).toISOString()).join());`;
    const runs = ['UTC', 'America/New_York', 'Asia/Tokyo'].map((TZ) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        env: { ...process.env, TZ },
      })
        .trim()
        .split(' '),
    );
    assert.equal(new Set(runs.map(([offset]) => offset)).size, 3);
    const noonInJuly = '2026-07-31T12:00:00.000Z';
    const expected = [
      noonInJuly,
      noonInJuly,
      noonInJuly,
      '2026-07-31T00:00:00.000Z',
      '2026-03-29T02:30:00.000Z',
    ];
    for (const [, read] of runs) assert.deepEqual(read.split(','), expected);
  });
});

describe('a date of numbers', () => {
  it('tells which of them is the day, if one is above 12', () => {
    assert.equal(dateOrderOf('13/01/2026'), 'day-first');
    assert.equal(dateOrderOf('1.31.2026 10:00'), 'month-first');
    assert.equal(dateOrderOf('12-11-2026'), 'either');
    for (const text of ['11/11/2026', '13/13/2026', '2026-11-12', '3 Jan 2026', '1/2', '', null, 5]) {
      assert.equal(dateOrderOf(text), null, String(text));
    }
  });

  it('has the form of a time even when it cannot be read', () => {
    for (const text of [
      ...['31/01/26', '01/02/2026', '31/02/2026', '2026-01-31', '2026-02-30', 'Jan 3, 2026', '31-JAN-26'],
      ...['2026-01-31 12:00:00 EST', '31/01/2026 14.05', '1/31/2026 2 PM', '20260131T120000Z', '2026-01-31Z'],
      ...['2026-W05-6', '2026W056', '2026-W05', '2026-01', 'Jan 2026', 'Sat, 31 Jan 2026 12:00 EST'],
      ...[
        '7. Januar 2026',
        '12. M\u00e4rz 2026',
        '31 janv. 2026',
        '1 f\u00e9vrier 2026 12:00',
        '31 de enero de 2026',
      ],
      ...[
        '31 de mar\u00e7o de 2026',
        '7 gennaio 2026',
        '7 stycznia 2026',
        'Dezember 2026',
        '3 maj 2026',
        '3. juni 2026',
      ],
      ...['2026-031', '2026-W05-6T12:00', '2026-031T12:00Z', 'Sat Jan 31 12:00:00 EST 2026'],
    ]) {
      assert.ok(looksLikeTime(text), text);
    }
    for (const text of [
      ...['12', '1.2.3', '10.0.0.1', '10.20.30.40', '01-23-45-67-89', '45-67-89', 'May', 'May 7', 'A-1-2026'],
      ...[
        '10.0.19',
        '1.00.22',
        '0.1.22',
        '1769860800',
        '1234567890.25',
        '2026-13',
        '2026-77-99',
        '2026-000',
        '2026-400',
        '4026-031',
        '2026-W60',
        'Golf 7 2015',
        '32 Januar 2026',
        'Januar 2126',
        '7 Januar 2026x',
        'Seite 2026',
        '7 Golf 2015',
        '2026-01-31x',
      ],
    ]) {
      assert.ok(!looksLikeTime(text), text);
    }
  });
});
