import assert from 'node:assert/strict';
import { selectorFaults } from '../../grafana/lint/lint-expression.ts';
import { parsePromql } from '../../grafana/lint/parse-promql.ts';
import { knownMetrics, readRules } from './surroundings.ts';

describe('rules', () => {
  const rules = readRules();
  const metrics = knownMetrics(rules);

  it('are there', () => assert.ok(rules.length > 50));

  it('name only metrics and labels that exist', () => {
    const faults = rules.flatMap(({ file, record, alert, expr }) =>
      selectorFaults(parsePromql(expr), metrics)
        // The failed exports of the Collector are one family under many names.
        .filter((fault) => !fault.startsWith('selects {__name__=~"otelcol_'))
        .map((fault) => `${file}: ${record ?? alert} ${fault}`),
    );
    assert.deepEqual(faults, []);
  });

  it('parse', () => {
    const broken = rules.filter(({ expr }) => parsePromql(expr).errors.length > 0);
    assert.deepEqual(broken, []);
  });
});
