import { deepEqual, ok } from 'node:assert/strict';
import { alertingRules } from '../../src/rules/rule-files.ts';
import { requireTool } from '../support/tools.ts';
import { driftScenarios } from './scenarios/drift.ts';
import { performanceScenarios } from './scenarios/performance.ts';
import { pipelineScenarios } from './scenarios/pipeline.ts';
import { segmentScenarios } from './scenarios/segments.ts';
import { shareScenarios } from './scenarios/shares.ts';
import { sloScenarios } from './scenarios/slo.ts';
import { slowDriftScenarios } from './scenarios/slow-drift.ts';
import { slowOutcomesScenarios } from './scenarios/slow-outcomes.ts';
import { rules, runRuleTest } from './support/promtool.ts';
import { toRuleTest } from './support/scenario.ts';

const scenarios = [
  ...driftScenarios,
  ...performanceScenarios,
  ...segmentScenarios,
  ...shareScenarios,
  ...sloScenarios,
  ...slowDriftScenarios,
  ...slowOutcomesScenarios,
  ...pipelineScenarios,
];
const names = alertingRules(rules).map(({ alert }) => alert);

describe('alerts', function () {
  this.timeout(120_000);

  it('each has a scenario in which it is silent, then fires, then resolves', () => {
    const courses = scenarios.flatMap((scenario) => scenario.courses);
    const complete = courses.filter(
      ({ silent, firing = {}, resolved = [] }) =>
        silent.length > 0 && Object.keys(firing).length > 0 && resolved.length > 0,
    );
    const shown = new Set(complete.map(({ alert }) => alert));
    // It fires always: that is its purpose.
    const rest = names.filter((name) => !shown.has(name));
    deepEqual(rest, ['Watchdog']);
    ok(courses.some(({ alert }) => alert === 'Watchdog'));
  });

  for (const scenario of scenarios) {
    const alerts = [...new Set(scenario.courses.map(({ alert }) => alert))].join(', ');
    it(`${scenario.name}: ${alerts}`, async function () {
      await runRuleTest(requireTool(this, 'promtool'), toRuleTest(scenario));
    });
  }
});
