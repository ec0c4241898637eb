import assert from 'node:assert/strict';
import { createNumberReader, detectDecimalSigns } from '../../src/tables/numbers.ts';

describe('reading numbers', () => {
  it('reads points as decimal signs', () => {
    const read = createNumberReader('.');
    assert.deepEqual(
      ['1', '-1.5', '+2', '.5', '1e3', '1,234,567.8', '1,234', '007', '0'].map(read),
      [1, -1.5, 2, 0.5, 1000, 1234567.8, 1234, 7, 0],
    );
  });

  it('reads commas as decimal signs', () => {
    const read = createNumberReader(',');
    assert.deepEqual(
      ['1', '-1,5', '+2', ',5', '1,5e3', '1.234.567,8', '1.234', '1 234,5', '0'].map(read),
      [1, -1.5, 2, 0.5, 1500, 1234567.8, 1234, 1234.5, 0],
    );
  });

  it('takes nothing else for a number', () => {
    const none = [
      '',
      'x',
      '0x1f',
      '0b1',
      'Infinity',
      '-Infinity',
      'NaN',
      '1e999',
      '12 kg',
      '1-2',
      '1;2',
      '--1',
    ];
    for (const text of none) {
      assert.ok(Number.isNaN(createNumberReader('.')(text)), text);
      assert.ok(Number.isNaN(createNumberReader(',')(text)), text);
    }
    assert.ok(Number.isNaN(createNumberReader('.')('1,5')));
    assert.ok(Number.isNaN(createNumberReader('.')('1.234,5')));
    assert.ok(Number.isNaN(createNumberReader(',')('1.5')));
    assert.ok(Number.isNaN(createNumberReader(',')('1,234.5')));
  });

  it('finds the decimal sign of each column, the table deciding where a column says nothing', () => {
    const signs = (delimiter: ',' | ';', ...rows: string[][]) =>
      detectDecimalSigns(rows[0].length, rows, delimiter);
    assert.deepEqual(signs(';', ['1,5', '1.234', '7']), [',', ',', ',']);
    assert.deepEqual(signs(';', ['1.5', '1.234', '7']), ['.', '.', '.']);
    assert.deepEqual(signs(';', ['1.234', '7']), ['.', '.']);
    assert.deepEqual(signs(';', ['1,234', '7']), [',', ',']);
    assert.deepEqual(signs(',', ['1,234', '7']), ['.', '.']);
    assert.deepEqual(signs(',', ['1,5', '7']), [',', ',']);
    assert.deepEqual(signs(';', ['1,5', '2.5', '2,25']), [',', '.', ',']);
    assert.deepEqual(signs(';', ['a, b', 'c.d']), ['.', '.']);
  });
});
