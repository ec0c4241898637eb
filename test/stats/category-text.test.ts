import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  canonicalCategory,
  codeOf,
  indexCategories,
  isMissingText,
  isTruthValue,
  markPattern,
  missingMarks,
  missingPattern,
  plainText,
} from '../../src/stats/category-text.ts';

/** Ways to write the same category. */
const alike: readonly (readonly [canonical: string, ...written: unknown[]])[] = [
  ['1', '1', 1, '1.0', ' 1 ', '1.00', '1.'],
  ['-1', '\u22121', '-1.0', -1],
  ['0', '0', 0, '-0', -0, '-0.0', '0.00'],
  ['01', '01', '01.0'],
  ['2.5', '2.5', 2.5],
  ['true', 'True', 'TRUE', true, 'true\u00a0'],
  ['false', 'False', 'FALSE', false],
  ['Köln', 'Köln', 'Ko\u0308ln', 'Ko\u00ad\u0308ln', '\u2009Köln'],
  ['New York', 'New\u00a0York', 'New\u202fYork', 'New\u2009York', '\ufeffNew York', 'New\u200b York'],
  ['München', 'Mün\u00adchen', '\u200eMünchen\u200f', '\u202aMünchen\u202c', '\u2068München\u2069'],
];

describe('the text of a category', () => {
  it('is the same for all ways to write it', () => {
    for (const [canonical, ...written] of alike) {
      for (const value of written) assert.equal(canonicalCategory(value), canonical, JSON.stringify(value));
    }
  });

  it('keeps apart what may differ', () => {
    const texts = [
      '1',
      '01',
      '1.5',
      '1.50',
      'true',
      'yes',
      'a',
      'A',
      'a b',
      'a  b',
      'ﬁ',
      'fi',
      '10',
      '1.0.0',
    ];
    assert.deepEqual(texts.map(canonicalCategory), texts);
  });

  it('is composed if it has up to 1,000 characters, without the spaces that appear as it is', () => {
    const accents = 'e\u0301'.repeat(500);
    assert.equal(plainText(accents), '\u00e9'.repeat(500));
    assert.equal(plainText(` ${accents}e\u0301`), `${accents}e\u0301`);
    assert.equal(plainText('\u200b a\u200b '), 'a');
  });

  it('is a number if no other has the same text as a double', () => {
    assert.equal(codeOf('-9007199254740991'), Number.MIN_SAFE_INTEGER);
    assert.equal(codeOf('9007199254740992'), undefined);
    assert.equal(codeOf('1e400'), undefined);
    assert.equal(codeOf(''), undefined);
  });

  it('is a boolean as JSON writes it', () => {
    assert.deepEqual(['true', 'false', 'True', '1', ''].map(isTruthValue), [true, true, false, false, false]);
  });

  it('does not change when it is taken again, however long it is', () => {
    const long = fc
      .tuple(fc.constantFrom('\u00a0a', 'e\u0301', ' x', 'x\u200b'), fc.integer({ min: 450, max: 550 }))
      .map(([part, count]) => part.repeat(count));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), long), (text) => {
        const canonical = canonicalCategory(text);
        assert.equal(canonicalCategory(canonical), canonical);
      }),
    );
  });
});

describe('the texts that mean a missing value', () => {
  it('are marks, with or without unusual spaces and invisible characters around them', () => {
    for (const text of ['', 'NA', '-1.#QNAN', '\u00a0NA', '\ufeffnull\u200b', '\u200b']) {
      assert.ok(isMissingText(text), JSON.stringify(text));
    }
    for (const text of ['na', 'NAN', 'Köln', '\u00a0ZA', '1x#IND']) assert.ok(!isMissingText(text), text);
  });

  it('are those that the pattern for JSON Schema matches, but for those that are categories', () => {
    const all = new RegExp(missingPattern([]), 'u');
    for (const mark of missingMarks) {
      assert.match(mark, all);
      assert.match(` \u00a0${mark}\u200b\n`, all);
      assert.doesNotMatch(`${mark}x`, all);
    }
    assert.doesNotMatch('1x#IND', all);
    const namibia = new RegExp(missingPattern(['NA']), 'u');
    assert.doesNotMatch('NA', namibia);
    assert.match('N/A', namibia);
    assert.equal(markPattern(['', 'NA', '1.#IND']), String.raw`NA|1\.#IND`);
  });
});

describe('the index of categories', () => {
  it('finds each category however it is written, in the model or in the value', () => {
    for (const [canonical, ...written] of alike) {
      for (const category of [canonical, ...written.filter((value) => typeof value === 'string')]) {
        const find = indexCategories([
          ['other', 0],
          [category, 7],
        ]);
        for (const value of written) assert.equal(find(value), 7, `${JSON.stringify(value)} of ${category}`);
      }
    }
  });

  it('finds none for a list or an object, whatever its text and however deep it is', () => {
    const find = indexCategories([
      ['bad', 0],
      ['[object Object]', 1],
    ]);
    const deep = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));
    for (const value of [['bad'], {}, [], deep]) assert.equal(find(value), undefined);
  });

  it('finds the only category that is the same number, from JSON and from texts', () => {
    const texts = ['0.50', '1.50', '1e3', '2E-1', '-0.0', '9007199254740993', '007', '01067', '+8', '1_0'];
    const find = indexCategories(texts.map((text) => [text, text]));
    const numbers: [value: number, ...written: string[]][] = [
      [0.5, '0.5', '.50', '0.500'],
      [1.5, '1.5', '1.500', '15e-1', '\u200b1.5 '],
      [1000, '1000', '1000.0', '1E3'],
      [0.2, '0.2', '0.20'],
      [-0, '0', '00', '-0'],
      [7, '7', '07', '7.0', '0007'],
      [1067, '1067', '1067.0', '001067'],
    ];
    const expected = ['0.50', '1.50', '1e3', '2E-1', '-0.0', '007', '01067'];
    for (const [i, [value, ...written]] of numbers.entries()) {
      for (const one of [value, ...written]) {
        assert.equal(find(one), one === '.50' ? undefined : expected[i], JSON.stringify(one));
      }
    }
    for (const other of [9007199254740992, 8, '8', 10, '10', '70', '-7', 106.7, true]) {
      assert.equal(find(other), undefined, JSON.stringify(other));
    }
  });

  it('finds none by a number that several categories stand for, unless one of them is written that way', () => {
    const find = indexCategories(
      ['07', '007', '7.10', '7.1', '2.50', '2.500', '1', '01'].map((text) => [text, text]),
    );
    assert.deepEqual([7, '7', '0007', 2.5, '2.5'].map(find), new Array(5).fill(undefined));
    assert.deepEqual([7.1, '7.1', '7.10', '7.100', 1, '1', '1.0', '01', '01.0', '001'].map(find), [
      ...['7.1', '7.1', '7.10', '7.1'],
      ...['1', '1', '1', '01', '01', '1'],
    ]);
    const grouped = indexCategories([
      ['07', 'other'],
      ['007', 'other'],
    ]);
    assert.equal(grouped(7), 'other');
  });

  it('keeps two categories of an older model apart that are now the same', () => {
    const find = indexCategories([
      ['1.0', 0],
      ['1', 1],
      ['True', 2],
      ['true', 3],
    ]);
    assert.deepEqual(['1.0', '1', 'True', 'true', '1.00', ' 1', 1, true].map(find), [0, 1, 2, 3, 1, 1, 1, 3]);
  });

  it('treats a mark of a missing value as missing, unless a category has that name', () => {
    const find = indexCategories([['ZA', 0]]);
    const namibia = indexCategories([
      ['ZA', 0],
      ['NA', 1],
    ]);
    for (const mark of [...missingMarks, ' ', '\u00a0NA ', null, undefined, Number.NaN]) {
      assert.equal(find(mark), null, JSON.stringify(mark));
    }
    assert.equal(namibia('NA'), 1);
    assert.equal(namibia(' NA'), 1);
    assert.equal(namibia(''), null);
    for (const value of ['None', 'na', '-', '?', 'toString', '__proto__', {}]) {
      assert.equal(find(value), undefined, JSON.stringify(value));
    }
  });
});
