import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addEvidence, countEvidence, createColumnEvidence } from '../../src/tables/column-evidence.ts';
import type { Delimiter } from '../../src/tables/detect-delimiter.ts';
import { judgeNotations } from '../../src/tables/judge-notations.ts';
import type { DecimalSign } from '../../src/tables/numbers.ts';
import { createColumnProfiler } from '../../src/tables/profile-columns.ts';

function evidenceOf(cells: readonly string[]) {
  const evidence = createColumnEvidence();
  for (const [i, cell] of cells.entries()) addEvidence(evidence, cell, i + 2);
  return evidence;
}

/** The decimal sign of each column, or what is wrong with it. */
function judge(delimiter: Delimiter, columns: readonly (readonly string[])[], given?: DecimalSign) {
  return judgeNotations(columns.map(evidenceOf), delimiter, given).map(
    ({ decimalSign, problem }) => problem?.message ?? decimalSign,
  );
}

const unclear = (text: string, point: number, comma: number) =>
  `'${text}' is ${point} or ${comma}, and the column does not show which: choose with --decimal . or --decimal ,`;

describe('the notation of a column', () => {
  it('is that of the numbers that can be read in one way only', () => {
    assert.deepEqual(judge(';', [['1,5'], ['1.5'], ['0,123'], ['1.234.567'], ['1,234,567']]), [
      ',',
      '.',
      ',',
      ',',
      '.',
    ]);
    assert.deepEqual(judge('\t', [['1,23,456'], ['12,5'], ['1.2345']]), ['.', ',', '.']);
  });

  it('groups thousands if each comma is followed by three digits and smaller numbers have none', () => {
    for (const delimiter of ['\t', ';', '|', ','] as const) {
      assert.deepEqual(judge(delimiter, [['2,793', '6,095', '524', '61']]), ['.']);
      assert.deepEqual(judge(delimiter, [['2.790', '6.095', '524', '61']]), [',']);
      assert.deepEqual(judge(delimiter, [['2.790 %', '6.095 %', '524 %', '61 %']]), [',']);
    }
  });

  it('treats three digits after a point as decimals, unless they look grouped', () => {
    assert.deepEqual(judge('\t', [['1.234', '2.345', '7']]), ['.']);
    assert.deepEqual(judge(',', [['2.790', '6.095', '524.000']]), ['.']);
    assert.deepEqual(judge(',', [['2.790', '6.095', '0']]), ['.']);
    assert.deepEqual(judge('\t', [['1.234', '2.345']]), ['.']);
    // prices of fuel, of which one was typed without its decimals
    const prices = Array.from({ length: 200 }, (_, i) => `1.${500 + i}`);
    assert.deepEqual(judge(',', [[...prices, '2']]), ['.']);
    assert.deepEqual(judge('\t', [[...prices, '2']]), [unclear('1.500', 1.5, 1500)]);
    assert.deepEqual(judge(',', [[...prices, '2', '3', '950']]), [',']);
  });

  it('follows the table where the column shows nothing', () => {
    assert.deepEqual(judge(';', [['1,5'], ['1.234'], ['7']]), [',', ',', ',']);
    assert.deepEqual(judge(';', [['1.5'], ['1,234'], ['7']]), ['.', '.', '.']);
    assert.deepEqual(judge(';', [['1,5'], ['2.5'], ['2,25']]), [',', '.', ',']);
    assert.deepEqual(judge(';', [['a, b'], ['c.d']]), ['.', '.']);
    assert.deepEqual(judge(',', [['1,234', '5,678']]), ['.']);
  });

  it('is refused if nothing decides', () => {
    assert.deepEqual(judge('\t', [['2,793', '6,095'], ['7']]), [unclear('2,793', 2793, 2.793), '.']);
    assert.deepEqual(judge(';', [['1.234', '9.876']]), [unclear('1.234', 1.234, 1234)]);
    for (const delimiter of ['\t', '|'] as const) {
      assert.deepEqual(judge(delimiter, [['1.234', '9.870']]), [unclear('1.234', 1.234, 1234)]);
      assert.deepEqual(judge(delimiter, [['1.234', '9.870', '12345']]), ['.']);
      assert.deepEqual(judge(delimiter, [['1.234', '9.870'], ['0.5']]), ['.', '.']);
    }
    // zeros may stand among fractions, and 12345 says that the table does not group
    assert.deepEqual(judge('\t', [['0', '2,793', '6,095']]), [unclear('2,793', 2793, 2.793)]);
    assert.deepEqual(judge('\t', [['12345', '2,793', '6,095', '5']]), [unclear('2,793', 2793, 2.793)]);
  });

  it('is what was given', () => {
    assert.deepEqual(judge('\t', [['2,793', '6,095'], ['1.234']], '.'), ['.', '.']);
    assert.deepEqual(judge('\t', [['2,793', '6,095'], ['1.234']], ','), [',', ',']);
    assert.deepEqual(judge(';', [['1,5']], '.'), ["'1,5' has a decimal comma, which --decimal . excludes"]);
  });

  it('is the same for the whole column, except for single mistakes', () => {
    const points = Array.from({ length: 200 }, (_, i) => `${i}.5`);
    assert.deepEqual(judge(';', [[...points, '7,5']]), ['.']);
    assert.deepEqual(judge(';', [[...points, '1,5', '2,5', '3,5']]), [
      "'1,5' has a decimal comma, but '0.5' on line 2 a decimal point: write all numbers in one notation",
    ]);
    assert.deepEqual(judge(';', [['1,5', '2.5']]), [
      "'1,5' has a decimal comma, but '2.5' on line 3 a decimal point: write all numbers in one notation",
    ]);
  });

  it('is not decided by marks without a letter or digit', () => {
    const { present, numbers } = countEvidence(evidenceOf(['-', '?', '--', '…', '7', 'x', '<5', 'NA', '']));
    assert.deepEqual({ present, numbers }, { present: 3, numbers: 1 });
  });

  it('has one unit, except for single mistakes', () => {
    const bare = Array.from({ length: 200 }, (_, i) => `${i}`);
    const unitOf = (cells: readonly string[]) => judgeNotations([evidenceOf(cells)], ',')[0].unit;
    for (const sign of ['%', ' %', ' €']) {
      const signed = bare.map((text) => text + sign);
      assert.equal(unitOf(signed), sign.trim());
      assert.equal(unitOf(['NA', 'none', '']), '');
      for (const [cells, unit] of [
        [[...bare, '7.5%', 'NA', 'free'], ''],
        [[...signed, '7.5', ''], sign.trim()],
      ] as const) {
        assert.deepEqual(judge(',', [cells]), ['.']);
        assert.equal(unitOf(cells), unit);
      }
    }
    const mixed = (text: string, sign: string, count: number, numbers: number) =>
      `'${text}' has the sign ${sign}, but not all numbers of the column have it (${count} of ${numbers}): write them in one unit`;
    assert.deepEqual(judge(',', [['0.125', '12.5 %', '0.25']]), [mixed('12.5 %', '%', 1, 3)]);
    assert.deepEqual(judge(',', [['12.5 %', '11 %', '0.25', 'x']]), [mixed('12.5 %', '%', 2, 3)]);
    assert.deepEqual(judge('\t', [['$5', '€6', '€7']], '.'), [mixed('$5', '$', 1, 3)]);
    assert.deepEqual(judge(';', [['12,5 %', '11,0', '0,5']]), [mixed('12,5 %', '%', 1, 3)]);
    const [{ problem }] = judgeNotations([evidenceOf(['0.5', '50%'])], ',');
    assert.equal(problem?.line, 3);
    assert.equal(problem?.withoutValues, mixed('', '%', 1, 2).replace("''", 'a number'));
  });

  it('does not depend on the order of the rows', () => {
    const cell = fc.constantFrom(
      '',
      'NA',
      '7',
      '-12',
      '1234',
      '1.5',
      '1,5',
      '1.234',
      '1,230',
      '0,500',
      'x',
      '1,234,567',
      '7 %',
      '€8',
    );
    fc.assert(
      fc.property(
        fc.array(cell, { maxLength: 30 }),
        fc.constantFrom<Delimiter>(',', ';', '\t'),
        (cells, delimiter) => {
          const [forwards, backwards] = [cells, cells.toReversed()].map(evidenceOf);
          assert.deepEqual(countEvidence(forwards), countEvidence(backwards));
          const [there, back] = [forwards, backwards].map(
            (evidence) => judgeNotations([evidence], delimiter)[0],
          );
          assert.equal(there.decimalSign, back.decimalSign);
          assert.equal(there.problem === null, back.problem === null);
        },
      ),
    );
  });
});

describe('profiling plain text by its bytes', () => {
  it('sees what the general reader sees', () => {
    const cell = fc.oneof(
      fc.integer().map(String),
      fc
        .tuple(
          fc.integer({ min: 0, max: 9999 }),
          fc.constantFrom('.', ','),
          fc.integer({ min: 0, max: 9999 }),
        )
        .map(([whole, sign, rest]) => `${whole}${sign}${rest}`),
      fc.constantFrom(
        '',
        ' 5',
        'NA',
        'nan',
        'north',
        'inf',
        '-',
        '+3',
        '1e5',
        '1.2.3',
        '-0.500',
        '000',
        '1,234,567',
        '12-',
        '(12)',
        '5%',
        '$1,234.5',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { maxLength: 30 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, end) => {
          const [general, plain] = [createColumnProfiler(2, ';'), createColumnProfiler(2, ';')];
          for (const [i, row] of rows.entries())
            general.row(
              row.map((text) => text.trim()),
              i + 2,
            );
          const bytes = Buffer.from(rows.map((row) => row.join(';') + end).join(''));
          assert.equal(plain.plain(bytes, 2), rows.length + 2);
          assert.deepEqual(plain.evidence, general.evidence);
        },
      ),
    );
  });
});
