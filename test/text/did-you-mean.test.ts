import assert from 'node:assert/strict';
import { describeUnknown, didYouMean, findNearest } from '../../src/text/did-you-mean.ts';

describe('did you mean', () => {
  const known = ['age', 'limit', 'history', 'sign_up_date', 'Größe'];

  it('finds the name with the fewest typing errors', () => {
    for (const [given, meant] of [
      ['limt', 'limit'],
      ['ilmit', 'limit'],
      ['LIMIT', 'limit'],
      ['histroy', 'history'],
      ['signup-date', 'sign_up_date'],
      ['ag', 'age'],
      ['Grösse', 'Größe'],
      ['Gröse', 'Größe'],
      ['income', undefined],
      ['', undefined],
      ['x', undefined],
    ] as const) {
      assert.equal(findNearest(given, known), meant, given);
    }
  });

  it('says nothing if no name is similar', () => {
    assert.equal(didYouMean('zzz', known), '');
    assert.equal(didYouMean('hostory', known, '--'), ' (did you mean --history?)');
  });

  it('lists what there is, and not hundreds', () => {
    assert.equal(
      describeUnknown('there is no column', 'agee', ['age', 'a,b']),
      `there is no column 'agee' (did you mean age?), but age, "a,b"`,
    );
    const many = Array.from({ length: 200 }, (_, i) => `feature_${i}`);
    assert.match(describeUnknown('no', 'x', many), /feature_29 and 170 more$/);
  });
});
