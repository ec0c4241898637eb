import assert from 'node:assert/strict';
import { widen } from '../../bench/wide-artifact.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createInputValidator, type InputValidator } from '../../src/model/validate-input.ts';

const fields = Array.from({ length: 2500 }, (_, i) => `"${i.toString(36)}":0`);
const body = `{${fields.join(',')}}`;
/** As long as the longest body that is taken, in UTF-8. */
const accented = JSON.stringify({ [`a${'\u0301\u0323'.repeat(4_000)}`]: 0 });

/** The least time of a few attempts to take the body: how fast it can be, whatever else the machine does. */
function leastMs(work: (parsed: unknown) => void, text = body): number {
  const times = Array.from({ length: 20 }, () => {
    const parsed = JSON.parse(text);
    const startedMs = performance.now();
    work(parsed);
    return performance.now() - startedMs;
  });
  return Math.min(...times);
}

describe('the check of an input', () => {
  let narrow: InputValidator;
  let wide: InputValidator;
  before(async () => {
    const artifact = await loadArtifact('models/credit.json');
    narrow = createInputValidator(artifact);
    wide = createInputValidator(widen(artifact, 300));
  });

  it('lists features before unknown fields, and counts what it does not list', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`other ${i}`, 1]));
    const found = narrow({ ...many, age: 'x', limit: 5 }) ?? assert.fail('there are faults');
    assert.deepEqual(
      found.told.map(({ code }) => code),
      ['missing', 'type', ...Array<string>(18).fill('unknown_field')],
    );
    assert.equal(found.total, 32);
    assert.deepEqual(found.counts.at(-1), { feature: '', code: 'unknown_field', count: 30 });

    const empty = wide({}) ?? assert.fail('there are faults');
    assert.deepEqual([empty.told.length, empty.total, empty.counts.length], [20, 300, 300]);
  });

  it('takes no more time for thousands of unknown fields than a few looks at their names', () => {
    const namesMs = leastMs((parsed) => Object.keys(parsed as object));
    for (const validate of [narrow, wide]) {
      // a fault object for each takes over twenty times as long, a comparison with each of 300 names a thousand times
      const ms = leastMs(validate);
      assert.ok(ms < 1 + 5 * namesMs, `${ms} ms, listing the names takes ${namesMs}`);
    }
  });

  it('takes no more time for the name of an unknown field that is long and full of accents', () => {
    const ms = leastMs(narrow, accented);
    assert.ok(ms < 2, `${ms} ms`);
  });
});
