import assert from 'node:assert/strict';
import { delimiters, detectDelimiter } from '../../src/tables/detect-delimiter.ts';

describe('detecting the delimiter', () => {
  for (const delimiter of delimiters) {
    it(`finds ${JSON.stringify(delimiter)}`, () => {
      const rows = [
        ['a', 'b', 'c'],
        ['1', 'x', '2'],
        ['3', 'y', '4'],
      ];
      assert.equal(detectDelimiter(rows.map((row) => row.join(delimiter)).join('\n')), delimiter);
    });
  }

  it('is not misled by decimal commas, by text with commas, or by quoted fields', () => {
    assert.equal(detectDelimiter('a;b\n1,5;2,5\n3,5;4,5\n'), ';');
    assert.equal(detectDelimiter('name;note\nx;one, two, three\ny;four\n'), ';');
    assert.equal(detectDelimiter('a,b\n"1;2;3",x\n"4;5;6",y\n'), ',');
    assert.equal(detectDelimiter('a|b, c\n1|2\n3|4\n'), '|');
  });

  it('is not misled by a single broken row', () => {
    assert.equal(detectDelimiter('a;b;c\n1;2;3\n4;5\n6;7;8\n'), ';');
  });

  it('accepts a table of one column', () => {
    assert.equal(detectDelimiter('a\n1\n2\n'), ',');
    assert.equal(detectDelimiter(''), ',');
  });

  it('does not split the numbers of a table of one column', () => {
    for (const numbers of [
      ['1,5', '2', 'NA', '1.234,5'],
      ['1,500', '300', '1,234,567.8'],
      ['12,5 %', '3 %'],
    ]) {
      assert.equal(detectDelimiter(`a\n${numbers.join('\n')}\n`), ';', numbers.join(' '));
    }
    assert.equal(detectDelimiter('Report\na,b\n1,2\n3,4\n'), ',');
    assert.equal(detectDelimiter('a\n"1,5"\n"2,5"\n'), ',');
  });
});
