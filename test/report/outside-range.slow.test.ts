import assert from 'node:assert/strict';
import { outsideReferenceCount, risenShare } from '../../src/monitor/risen-share.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { driftReport } from './run-command.ts';
import { makeSamples, model, toJsonl } from './samples.ts';

function isRisen(count: number, samples: number, referenceSamples: number): boolean {
  const reference = { count: outsideReferenceCount, samples: referenceSamples };
  return risenShare({ count, samples }, reference) !== null;
}

/** ln Γ of a whole number. */
const logFactorials = [0];
function logGamma(whole: number): number {
  for (let n = logFactorials.length; n < whole; n++) logFactorials.push(logFactorials[n - 1] + Math.log(n));
  return logFactorials[whole - 1];
}

/**
 * P(the share has risen) although nothing has changed, for values that are sent several times each. What lies beyond
 * both extremes of M values is Beta(2, M − 1) distributed, whatever the values; the live count is then beta-binomial.
 */
function falseAlarms(rows: number, referenceSamples: number, sends: number): number {
  const [a, b] = [2, referenceSamples - 1];
  const samples = Math.round(rows / sends);
  let sum = 0;
  for (let count = 0; count <= samples; count++) {
    if (!isRisen(count * sends, samples * sends, referenceSamples)) continue;
    const choices = logGamma(samples + 1) - logGamma(count + 1) - logGamma(samples - count + 1);
    const beta = (p: number, q: number) => logGamma(p) + logGamma(q) - logGamma(p + q);
    sum += Math.exp(choices + beta(count + a, samples - count + b) - beta(a, b));
  }
  return sum;
}

/** P(the share has risen) when each live value lies outside with this probability. */
function power(samples: number, referenceSamples: number, share: number): number {
  let sum = 0;
  for (let count = 0; count <= samples; count++) {
    if (!isRisen(count, samples, referenceSamples)) continue;
    const choices = logGamma(samples + 1) - logGamma(count + 1) - logGamma(samples - count + 1);
    sum += Math.exp(choices + count * Math.log(share) + (samples - count) * Math.log(1 - share));
  }
  return sum;
}

describe('values outside the range of the reference', () => {
  it('are rarely more by chance than the alert allows, although the extremes are random: summed exactly', () => {
    for (const referenceSamples of [200, 500, 1000, 5000, 100_000]) {
      for (const samples of [300, 1000, 5000, 50_000]) {
        for (const sends of [1, 3]) {
          const rate = falseAlarms(samples, referenceSamples, sends);
          assert.ok(
            rate <= (sends === 1 ? 1e-5 : 1e-4),
            `M ${referenceSamples}, N ${samples}, sent ${sends} times: ${rate}`,
          );
        }
      }
    }
  });

  it('are detected when 5 % of 1,000 are in another unit', () => {
    for (const referenceSamples of [1000, 2000, 10_000]) {
      const found = power(1000, referenceSamples, 0.05);
      assert.ok(found >= 0.9, `M ${referenceSamples}: ${found}`);
    }
  });

  it('raise an alarm in the backtest of a service’s samples, and none if there are no such values', async () => {
    await using folder = await temporaryFolder();
    const day = { count: 2880, everyMs: 30_000 };
    const usual = await folder.write('usual.jsonl', toJsonl(makeSamples(day)));
    const thousands = makeSamples({
      ...day,
      change: (row, i) => (i % 20 === 0 ? { ...row, age: Number(row.age) * 1000 } : row),
    });
    const mixed = await folder.write('mixed.jsonl', toJsonl(thousands));
    const alarmsIn = async (live: string) => {
      const { alarms } = await driftReport('--model', model, '--live', live, '--backtest');
      return alarms?.map(({ alert, feature, to }) => ({ alert, feature, to }));
    };
    assert.deepEqual(await alarmsIn(usual), []);
    assert.deepEqual(await alarmsIn(mixed), [
      { alert: 'ModelFeatureOutsideRange', feature: 'age', to: null },
    ]);
  });
});
