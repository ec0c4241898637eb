import assert from 'node:assert/strict';
import { risenShare } from '../../src/monitor/risen-share.ts';
import { binomialCeiling } from '../../src/stats/binomial-ceiling.ts';
import { driftRule } from '../../src/stats/drift.ts';

const logFactorials = [0];
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push(logFactorials[i - 1] + Math.log(i));
  return logFactorials[n];
}

/** P(k of n), each with probability p. */
function binomial(n: number, k: number, p: number): number {
  const choices = logFactorial(n) - logFactorial(k) - logFactorial(n - k);
  return Math.exp(choices + k * Math.log(p) + (n - k) * Math.log(1 - p));
}

/** P(the share has risen) although it is p in the reference and in live rows, each of which is sent several times. */
function falseAlarms(p: number, referenceSamples: number, samples: number, sends: number): number {
  const rows = samples / sends;
  const tail = new Float64Array(rows + 2);
  for (let k = rows; k >= 0; k--) tail[k] = tail[k + 1] + binomial(rows, k, p);
  let least = 0;
  let sum = 0;
  for (let m = 0; m <= referenceSamples; m++) {
    const reference = { count: m, samples: referenceSamples };
    // more of the reference never take fewer live rows to exceed
    while (least <= rows && risenShare({ count: least * sends, samples }, reference) === null) least++;
    sum += binomial(referenceSamples, m, p) * tail[least];
  }
  return sum;
}

describe('a share that is watched', () => {
  it('needs enough requests, a reference, and a rise that is certain and large enough', () => {
    const reference = { count: 20, samples: 1000 };
    assert.equal(risenShare({ count: 60, samples: 300 }, reference), 0.2);
    assert.equal(risenShare({ count: 60, samples: 299 }, reference), null);
    assert.equal(risenShare({ count: 60, samples: 300 }, { count: 0, samples: 0 }), null);
    // half of the rows count: what 300 rows could have by chance is not enough
    const ceiling = binomialCeiling(20, 1000, 150, driftRule.ceilingZ);
    const just = Math.ceil(300 * ceiling);
    assert.equal(risenShare({ count: just - 1, samples: 300 }, reference), null);
    assert.equal(risenShare({ count: just + 1, samples: 300 }, reference), (just + 1) / 300);
    // certain, but by less than a hundredth
    const many = { count: 20_000, samples: 1_000_000 };
    assert.equal(risenShare({ count: 29_000, samples: 1_000_000 }, many), null);
    assert.equal(risenShare({ count: 31_000, samples: 1_000_000 }, many), 0.031);
  });

  it('hardly ever rises by chance, whatever it is, not where each row is sent three times either: summed exactly', () => {
    for (const referenceSamples of [200, 1000, 5000]) {
      for (const samples of [300, 450, 600, 1002, 3000]) {
        for (const p of [0.0005, 0.002, 0.01, 0.05, 0.1, 0.3, 0.5]) {
          for (const sends of [1, 3]) {
            const rate = falseAlarms(p, referenceSamples, samples, sends);
            const where = `p ${p}, M ${referenceSamples}, N ${samples}, sent ${sends} times: ${rate}`;
            assert.ok(rate <= (sends === 1 ? 1e-5 : 1.2e-4), where);
          }
        }
      }
    }
  });
});
