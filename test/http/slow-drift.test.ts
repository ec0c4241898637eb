import assert from 'node:assert/strict';
import { slowDriftRule } from '../../src/stats/slow-drift.ts';
import { passDay, startLeapingService } from '../support/leaping-service.ts';
import { postJson, type TestService } from '../support/service.ts';

async function slowDriftOf(service: TestService): Promise<any> {
  return ((await (await fetch(`${service.admin}/drift`)).json()) as any).slowDrift;
}

const daysOf = async (service: TestService) => (await slowDriftOf(service)).days;

describe('GET /drift of a service with few requests', () => {
  it('shows slow drift over the days since the start, of numbers and the score', async () => {
    const service = await startLeapingService();
    try {
      const before = await slowDriftOf(service);
      assert.deepEqual(before.rule, { ...slowDriftRule });
      assert.equal(before.days, 0);
      assert.deepEqual(
        before.variables.map(({ name }: { name: string }) => name),
        ['age', 'limit', '(score)'],
      );
      // a day without requests before, and another one amidst
      await passDay(service, daysOf);
      for (let day = 1; day <= 7; day++) {
        const rows = Array.from({ length: day === 3 ? 0 : 10 }, (_, i) => ({
          age: 70,
          limit: 500 + 1000 * (i % 6),
          history: 'good',
        }));
        const answers = await Promise.all(rows.map((row) => postJson(`${service.api}/predict`, row)));
        assert.ok(answers.every(({ status }) => status === 200));
        await passDay(service, daysOf);
      }
      const { days, variables } = await slowDriftOf(service);
      assert.equal(days, 8);
      const [first, ...others] = variables;
      assert.ok(first.evidence >= slowDriftRule.threshold);
      assert.deepEqual([first.name, first.direction, first.forDays], ['age', 'rises', 7]);
      const limit = others.find(({ name }: { name: string }) => name === 'limit');
      assert.deepEqual([limit.direction, limit.forDays], [null, null]);

      // when no window of the page has requests any more
      await passDay(service, daysOf);
      const page = await (await fetch(service.admin)).text();
      assert.match(page, /<h1 class="drifting">.*Slow drift: age rises, for about 8 days[.;]/);
    } finally {
      await service.stop();
    }
  });
});
