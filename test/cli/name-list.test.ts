import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readNames } from '../../src/cli/name-list.ts';
import { UsageError } from '../../src/cli/run-cli.ts';
import { findOneName, formatNames } from '../../src/text/column-names.ts';

const known = ['age', 'income, monthly', 'score', ' padded ', 'a=b', 'say "hi"', 'a', 'b', 'a,b'];
const read = (...given: string[]) => readNames('features', given, known, (name) => `no ${name}`);

describe('an option that names columns', () => {
  it('takes comma-separated names, and may be given several times', () => {
    assert.deepEqual(read('age, score'), ['age', 'score']);
    assert.deepEqual(read('age', 'score'), ['age', 'score']);
    assert.deepEqual(read('score,age', 'a=b'), ['score', 'age', 'a=b']);
  });

  it('takes a name with a comma, a quote or blanks: quoted in a list, or alone without quotes', () => {
    assert.deepEqual(read('age,"income, monthly"'), ['age', 'income, monthly']);
    assert.deepEqual(read('"income, monthly" , age'), ['income, monthly', 'age']);
    assert.deepEqual(read('income, monthly', 'age'), ['income, monthly', 'age']);
    assert.deepEqual(read('"say ""hi"""'), ['say "hi"']);
    assert.deepEqual(read('say "hi",age'), ['say "hi"', 'age']);
    assert.deepEqual(read('" padded "'), [' padded ']);
    assert.deepEqual(read('padded,age'), [' padded ', 'age']);
    assert.deepEqual(read('a,b'), ['a,b']);
    assert.deepEqual(read('a', 'b'), ['a', 'b']);
  });

  it('refuses an empty name, one named twice and one that does not exist', () => {
    for (const [given, message] of [
      ['age,,score', /^--features has an empty name: 'age,,score'$/],
      ['age,', /empty name/],
      ['', /empty name/],
      ['""', /empty name/],
      ['age, age', /^--features names age twice$/],
      ['height', /^no height$/],
    ] as const) {
      assert.throws(
        () => read(given),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    }
    assert.deepEqual(readNames('features', ['height'], known), ['height']);
  });

  it('takes an empty name if a column has one', () => {
    assert.deepEqual(readNames('by', ['"",age'], ['', 'age']), ['', 'age']);
    assert.equal(formatNames(['', 'age']), '"", age');
  });

  it('that takes one name takes it plain or as in a list', () => {
    for (const text of ['income, monthly', '"income, monthly"', ' income, monthly ']) {
      assert.equal(findOneName(text, known), 'income, monthly', text);
    }
    assert.equal(findOneName('age,score', known), undefined);
    assert.equal(findOneName('height', known), undefined);
  });

  it('reads back what is printed for it, whatever the names', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '' && !/[\r\n]/.test(text));
    const names = fc.uniqueArray(name, { minLength: 2, maxLength: 5, selector: (text) => text.trim() });
    fc.assert(
      fc.property(names, (list) => {
        assert.deepEqual(readNames('by', [formatNames(list)], list), list);
      }),
    );
  });
});
