import assert from 'node:assert/strict';
import { pairedMeanDifference, pairedShareDifference } from '../../src/stats/paired-difference.ts';
import { createRandom } from '../../src/stats/random.ts';

const near = (found: number | undefined, expected: number, tolerance = 5e-4) =>
  assert.ok(Math.abs((found ?? Number.NaN) - expected) <= tolerance, `${found}, expected ${expected}`);

describe('the paired difference of two shares', () => {
  // A. Agresti, Categorical Data Analysis, 2nd edition, table 10.1: approval of the prime minister in two surveys
  it('is that of the textbook', () => {
    const found = pairedShareDifference({ both: 794, first: 150, second: 86, neither: 570 });
    near(found?.value, -0.04);
    near(found?.low, -0.0588);
    near(found?.high, -0.0214);
  });

  it('has the interval of half a row more in each count', () => {
    const found = pairedShareDifference({ both: 3, first: 1, second: 4, neither: 2 });
    // 3/12 ± 1.95996·√((6/12 − (3/12)²)/12)
    near(found?.value, 0.3, 1e-12);
    near(found?.low, -0.12424, 1e-5);
    near(found?.high, 0.62424, 1e-5);
  });

  it('says little about few rows, and nothing about none', () => {
    assert.equal(pairedShareDifference({ both: 0, first: 0, second: 0, neither: 0 }), null);
    const equal = pairedShareDifference({ both: 5, first: 0, second: 0, neither: 0 });
    assert.equal(equal?.value, 0);
    assert.ok((equal?.low ?? 0) < -0.1 && (equal?.high ?? 0) > 0.1);
  });

  it('has the difference within its interval 95 times of a hundred, also with few rows', () => {
    const random = createRandom(1);
    const truth = 0.1;
    let held = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const counts = { both: 0, first: 0, second: 0, neither: 0 };
      for (let row = 0; row < 40; row++) {
        const u = random();
        counts[u < 0.5 ? 'both' : u < 0.6 ? 'first' : u < 0.8 ? 'second' : 'neither']++;
      }
      const found = pairedShareDifference(counts);
      if (found && found.low <= truth && truth <= found.high) held++;
    }
    assert.ok(held / 2000 > 0.94, `${held / 20} %`);
  });
});

describe('the mean of paired differences', () => {
  it('has the interval of the normal distribution', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1 : 3));
    const sum = values.reduce((total, value) => total + value, 0);
    const squares = values.reduce((total, value) => total + value ** 2, 0);
    const found = pairedMeanDifference(values.length, sum, squares);
    near(found?.value, 2);
    // the standard deviation is 1.00504, the standard error a tenth of it
    near(found?.high, 2 + 1.96 * 0.100504, 1e-5);
    near(found?.low, 2 - 1.96 * 0.100504, 1e-5);
  });

  it('is not given for fewer than 30 rows', () => {
    assert.equal(pairedMeanDifference(29, 1, 1), null);
    assert.equal(pairedMeanDifference(30, 30, 30)?.high, 1);
  });
});
