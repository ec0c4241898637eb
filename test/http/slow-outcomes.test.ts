import assert from 'node:assert/strict';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createPerformance } from '../../src/monitor/performance.ts';
import { compareBands } from '../../src/monitor/performance-calibration.ts';
import { performanceReferenceOf } from '../../src/monitor/performance-reference.ts';
import { sumByScoreBand } from '../../src/monitor/score-bands.ts';
import { createSlowOutcomes, slowOutcomesRule } from '../../src/monitor/slow-outcomes.ts';
import { closeTo } from '../stats/close-to.ts';
import { passDay, startLeapingService } from '../support/leaping-service.ts';
import { learntOf } from '../support/model-parts.ts';
import { postJson, type TestService } from '../support/service.ts';

async function slowOutcomesOf({ admin }: TestService): Promise<any> {
  return ((await (await fetch(`${admin}/performance`)).json()) as any).models[0].slowOutcomes;
}

const daysOf = async (service: TestService) => (await slowOutcomesOf(service)).days;

/** Predictions with a bad outcome each. @returns their scores */
async function reportBad({ api, admin }: TestService, count: number): Promise<number[]> {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      postJson(`${api}/predict`, { age: 20 + ((7 * i) % 40), limit: 1000 + 500 * (i % 9), history: 'good' }),
    ),
  );
  const outcomes = answers.map(({ body }) => ({ id: body.id, outcome: 'bad' }));
  const { body } = await postJson(`${admin}/outcomes`, outcomes);
  assert.equal(body.accepted, count);
  return answers.map(({ body }) => body.score);
}

describe('GET /performance of a service with few outcomes', () => {
  it('shows slow deviations of outcomes over the days since the start', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const { counts } = learntOf(artifact).bins;
    const bandsOf = (scores: readonly number[]) => {
      const { cells, sums, addOutcome } = createPerformance(performanceReferenceOf(artifact));
      for (const score of scores) addOutcome(score, 1);
      return compareBands(cells, sums, counts);
    };
    const expected = createSlowOutcomes(sumByScoreBand(counts));
    const service = await startLeapingService({ OUTCOME_KEYS: 'the key that all tests here share' });
    try {
      assert.deepEqual(await slowOutcomesOf(service), {
        rule: { ...slowOutcomesRule, odds: [...slowOutcomesRule.odds] },
        days: 0,
        evidence: 0,
        direction: null,
        forDays: null,
      });
      const scores: number[][] = [];
      // the first day without outcomes, and another one amidst; the last ones have other weeks than all before
      for (const [day, count] of [0, 40, 40, 0, 40, 40, 10, 10, 10, 10].entries()) {
        scores.push(count === 0 ? [] : await reportBad(service, count));
        const before = await slowOutcomesOf(service);
        assert.equal(before.days, day, 'a day counts when it is over');
        closeTo(before.evidence, expected.evidence(), 1e-6 * expected.evidence());
        await passDay(service, daysOf);
        expected.addDay(bandsOf(scores[day]), bandsOf(scores.slice(-7).flat()), day);
        const { evidence } = await slowOutcomesOf(service);
        closeTo(evidence, expected.evidence(), 1e-6 * expected.evidence());
      }
      const { evidence, direction, forDays } = await slowOutcomesOf(service);
      assert.ok(evidence >= slowOutcomesRule.threshold);
      assert.deepEqual([direction, forDays], ['rises', 9]);
    } finally {
      await service.stop();
    }
  });
});
