import assert from 'node:assert/strict';
import { createNumberReader, unitOf } from '../../src/tables/numbers.ts';

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

  it('reads percentages as the numbers before their sign', () => {
    const texts = ['12.5%', '12.5 %', '-3%', '+4\u00a0%', '0.5\u202f%', '1,250 %', '100%'];
    assert.deepEqual(texts.map(createNumberReader('.')), [12.5, 12.5, -3, 4, 0.5, 1250, 100]);
    assert.deepEqual(['12,5 %', '1.250%', '\u22123 %'].map(createNumberReader(',')), [12.5, 1250, -3]);
    for (const text of ['%', ' %', '5%%', '%5', '5 % off', '5‰']) {
      assert.ok(Number.isNaN(createNumberReader('.')(text)), text);
    }
  });

  it('accepts nothing else as a number', () => {
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

  it('reads what programs of all countries write', () => {
    const point = createNumberReader('.');
    const comma = createNumberReader(',');
    for (const [text, value] of [
      ['1,23,456.5', 123456.5],
      ['12,34,567', 1234567],
      ["1'234.5", 1234.5],
      ['1’234.5', 1234.5],
      ['1 234.5', 1234.5],
      ['1\u00a0234\u00a0567.5', 1234567.5],
      ['1\u2009234', 1234],
      ['1\u202f234', 1234],
      ['\u221217.5', -17.5],
      ['\u22121,234', -1234],
      ['–3', -3],
      ['1,234.56-', -1234.56],
      ['+1,234', 1234],
      ['5.', 5],
      ['1E3', 1000],
      ['1\u2007234', 1234],
      ['1\u200b', 1],
      ['\ufeff2.5', 2.5],
      ['\u202d1,234.5\u202c', 1234.5],
    ] as const) {
      assert.equal(point(text), value, text);
    }
    for (const [text, value] of [
      ['1\u202f234,5', 1234.5],
      ["1'234,5", 1234.5],
      ['\u22121.234,5', -1234.5],
      ['1.234,56-', -1234.56],
      ['5,', 5],
    ] as const) {
      assert.equal(comma(text), value, text);
    }
  });

  it('reads amounts of money as the numbers without the currency sign', () => {
    const texts = [
      '$1,234.50',
      '-$5',
      '$-5',
      '($5.25)',
      '$(5)',
      '+$7',
      '£ 12',
      '12 €',
      '\u00a512,000',
      '5\u00a0\u20ac',
      '(5 €)',
      '$5-',
    ];
    assert.deepEqual(
      texts.map(createNumberReader('.')),
      [1234.5, -5, -5, -5.25, -5, 7, 12, 12, 12000, 5, -5, -5],
    );
    assert.deepEqual(
      ['1.234,50 €', '\u2212€ 3,5', '€1.250'].map(createNumberReader(',')),
      [1234.5, -3.5, 1250],
    );
    assert.deepEqual(['$5', '-5 €', '(5 %)', '5', '1e5'].map(unitOf), ['$', '€', '%', '', '']);
    for (const text of ['$', '€ ', '$$5', '$5$', '$5%', '5$5', 'US$5', '$ NA', '5 €/h']) {
      assert.ok(Number.isNaN(createNumberReader('.')(text)), text);
    }
  });

  it('reads brackets around a number as negative, as in accounting', () => {
    const texts = ['(12)', '(1,234.50)', '( 7.5 )', '(3 %)', '(.5)'];
    assert.deepEqual(texts.map(createNumberReader('.')), [-12, -1234.5, -7.5, -3, -0.5]);
    assert.deepEqual(['(1.234,50)', '(12,5 %)'].map(createNumberReader(',')), [-1234.5, -12.5]);
    for (const text of [
      '()',
      '( )',
      '(12',
      '12)',
      '(-12)',
      '-(12)',
      '((12))',
      '(a)',
      '(1)(2)',
      '(+1)',
      '(1-)',
    ]) {
      assert.ok(Number.isNaN(createNumberReader('.')(text)), text);
    }
  });

  it('groups only by one sign, only in threes, and never behind a zero', () => {
    for (const text of ['1,23', '1,2345', '1,234 567', '0,123', '1,,234', '1,234,', "1'23", '12,345,6']) {
      assert.ok(Number.isNaN(createNumberReader('.')(text)), text);
    }
    for (const text of ['1.23', '0.123', '1.234 567', '1.23.456']) {
      assert.ok(Number.isNaN(createNumberReader(',')(text)), text);
    }
  });
});
