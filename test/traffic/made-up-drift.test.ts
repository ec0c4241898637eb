import assert from 'node:assert/strict';
import { createRandom } from '../../src/stats/random.ts';
import { applyDrifts, parseDrift, unseenCategory } from '../../src/traffic/made-up-drift.ts';
import type { RequestFeature } from '../../src/traffic/request-features.ts';

const features: RequestFeature[] = [
  { name: 'age', kind: 'numeric' },
  { name: 'ratio:net', kind: 'numeric' },
  { name: 'history', kind: 'categorical' },
  { name: 'missing', kind: 'numeric' },
];

describe('drift of the traffic', () => {
  it('reads every form', () => {
    assert.deepEqual(parseDrift('age:+10', features), { kind: 'shift', feature: 'age', by: 10 });
    assert.deepEqual(parseDrift('age:-2.5', features), { kind: 'shift', feature: 'age', by: -2.5 });
    assert.deepEqual(parseDrift('age:x1e3', features), { kind: 'scale', feature: 'age', factor: 1000 });
    assert.deepEqual(parseDrift('ratio:net:x0.1', features), {
      kind: 'scale',
      feature: 'ratio:net',
      factor: 0.1,
    });
    assert.deepEqual(parseDrift('history:unseen', features), { kind: 'unseen', feature: 'history' });
    assert.deepEqual(parseDrift('missing:age:0.2', features), {
      kind: 'missing',
      feature: 'age',
      share: 0.2,
    });
    assert.deepEqual(parseDrift('missing:ratio:net:1', features), {
      kind: 'missing',
      feature: 'ratio:net',
      share: 1,
    });
    assert.deepEqual(parseDrift('missing:+1', features), { kind: 'shift', feature: 'missing', by: 1 });
    assert.deepEqual(parseDrift('age:X2', features), { kind: 'scale', feature: 'age', factor: 2 });
  });

  it('accepts a name that contains a comma, a quote, blanks or the word missing, quoted or not', () => {
    const names = ['price, net', 'say "hi"', ' padded ', 'missing:z'];
    const odd = names.map((name) => ({ name, kind: 'numeric' }) as const);
    for (const [text, feature] of [
      ['price, net:+1', 'price, net'],
      ['"price, net":+1', 'price, net'],
      ['"say ""hi""":+1', 'say "hi"'],
      ['padded:+1', ' padded '],
      ['missing:z:+1', 'missing:z'],
    ] as const) {
      assert.deepEqual(parseDrift(text, odd), { kind: 'shift', feature, by: 1 }, text);
    }
    assert.deepEqual(parseDrift('missing:missing:z:1', odd), {
      kind: 'missing',
      feature: 'missing:z',
      share: 1,
    });
    assert.throws(() => parseDrift('x:+1', odd), /but "price, net", say "hi", " padded ", missing:z$/);
  });

  for (const [text, message] of [
    ['age', /'age' is not of the form FEATURE:\+10/],
    ['age:', /is not of the form/],
    ['age:10', /is not of the form/],
    ['age:x', /is not of the form/],
    ['', /is not of the form/],
    ['height:+1', /no feature 'height', but age, ratio:net, history, missing/],
    ['age:unseen', /'age' is a number and has no unseen categories/],
    ['history:+1', /'history' is not a number/],
    ['missing:age:0', /share must be above 0 and at most 1, not '0'/],
    ['missing:age:1.5', /not '1\.5'/],
    ['missing:age:', /not ''/],
  ] as const) {
    it(`refuses '${text}'`, () => {
      assert.throws(() => parseDrift(text, features), message);
    });
  }

  it('changes what it names without modifying the drawn row', () => {
    const row = { age: 30, 'ratio:net': 2, history: 'good', missing: null };
    const drifts = ['age:+10', 'age:x2', 'history:unseen', 'missing:+5'].map((text) =>
      parseDrift(text, features),
    );
    assert.deepEqual(
      applyDrifts(drifts, row, () => 0),
      { age: 80, 'ratio:net': 2, history: unseenCategory, missing: null },
    );
    assert.equal(row.age, 30);
  });

  it('sends no missing value where a change goes beyond the largest number', () => {
    const random = createRandom(1);
    const changed = (text: string, age: number) =>
      applyDrifts([parseDrift(text, features)], { age }, random).age;
    assert.equal(changed('age:x1e300', 1e300), Number.MAX_VALUE);
    assert.equal(changed('age:x1e300', -1e300), -Number.MAX_VALUE);
    assert.equal(changed('age:-1.7e308', -1.7e308), -Number.MAX_VALUE);
    assert.throws(() => parseDrift('age:x1e999', features), /^Error: drift 'age:x1e999': 1e999 is too large/);
  });

  it('drops the share that was requested', () => {
    const random = createRandom(7);
    const drift = parseDrift('missing:age:0.2', features);
    const rows = Array.from({ length: 5000 }, () => applyDrifts([drift], { age: 30 }, random));
    const share = rows.filter(({ age }) => age === null).length / rows.length;
    assert.ok(Math.abs(share - 0.2) < 0.02, `left out ${share}`);
  });
});
