import { requireTool } from '../support/tools.ts';
import { scenarios } from './scenarios/all.ts';
import { runRuleTest } from './support/promtool.ts';
import { toRuleTest } from './support/scenario.ts';

describe('alerts', () => {
  for (const scenario of scenarios) {
    const alerts = [...new Set(scenario.courses.map(({ alert }) => alert))].join(', ');
    it(`${scenario.name}: ${alerts}`, async function () {
      await runRuleTest(requireTool(this, 'promtool'), toRuleTest(scenario));
    });
  }
});
