import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalCategory, indexCategories, missingMarks } from '../../src/stats/category-text.ts';

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
  it('is one for all ways to write it', () => {
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

  it('does not change when it is taken again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const canonical = canonicalCategory(text);
        assert.equal(canonicalCategory(canonical), canonical);
      }),
    );
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

  it('finds by a number of JSON the category that is written as that number', () => {
    const texts = [
      '0.50',
      '1.50',
      '1e3',
      '2E-1',
      '-0.0',
      '7.10',
      '7.1',
      '9007199254740993',
      '007',
      '+8',
      '1_0',
    ];
    const find = indexCategories(texts.map((text) => [text, text]));
    const numbers = [0.5, 1.5, 1000, 0.2, 0, -0, 7.1, 9007199254740992, 7, 8, 10];
    assert.deepEqual(numbers.map(find), [
      ...['0.50', '1.50', '1e3', '2E-1', '-0.0', '-0.0', '7.1'],
      ...[undefined, undefined, undefined, undefined],
    ]);
    assert.deepEqual(['1.5', '7.1', '7.10'].map(find), [undefined, '7.1', '7.10']);
  });

  it('keeps two categories of an older model apart that are one by now', () => {
    const find = indexCategories([
      ['1.0', 0],
      ['1', 1],
      ['True', 2],
      ['true', 3],
    ]);
    assert.deepEqual(['1.0', '1', 'True', 'true', '1.00', ' 1', 1, true].map(find), [0, 1, 2, 3, 1, 1, 1, 3]);
  });

  it('takes a mark of a missing value for one, unless a category is called so', () => {
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
