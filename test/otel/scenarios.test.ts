import { deepEqual, ok } from 'node:assert/strict';
import { alertingRules } from '../../src/rules/rule-files.ts';
import { scenarios } from './scenarios/all.ts';
import { rules } from './support/promtool.ts';

describe('the scenarios of alerts', () => {
  it('show each silent, then firing, then resolved', () => {
    const courses = scenarios.flatMap((scenario) => scenario.courses);
    const complete = courses.filter(
      ({ silent, firing = {}, resolved = [] }) =>
        silent.length > 0 && Object.keys(firing).length > 0 && resolved.length > 0,
    );
    const shown = new Set(complete.map(({ alert }) => alert));
    const names = alertingRules(rules).map(({ alert }) => alert);
    // It fires always: that is its purpose.
    const rest = names.filter((name) => !shown.has(name));
    deepEqual(rest, ['Watchdog']);
    ok(courses.some(({ alert }) => alert === 'Watchdog'));
  });
});
