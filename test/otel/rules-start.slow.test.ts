import { requireTool } from '../support/tools.ts';
import { model, performanceSeries } from './support/performance-series.ts';
import { rules, runRuleTest, spanOf } from './support/promtool.ts';
import { type Variable, variableSeries } from './support/series.ts';

const span = spanOf('minute', '5m');

const amount: Variable = {
  ...model,
  feature: 'amount',
  bins: { kind: 'numeric', edges: [10, 20] },
  reference: [300, 400, 300, 0],
  effects: [-0.1, 0, 0.1, 0],
  replicas: [[{ from: '0m', counts: [6, 8, 6, 0] }]],
};

const history: Variable = {
  ...model,
  feature: 'history',
  bins: { kind: 'categorical', categories: ['good', 'bad'], grouped: ['rare'] },
  reference: [500, 400, 100, 0, 0],
  effects: [0.2, -0.3, 0.1, 0, 0],
  replicas: [[{ from: '0m', counts: [10, 8, 2, 0, 0] }]],
};

describe('a version that has just been scraped for the first time', () => {
  it('makes no alert pending by what has not been recorded yet', async function () {
    await runRuleTest(requireTool(this, 'promtool'), {
      name: 'each group is evaluated before those that it reads',
      files: rules.map(({ name }) => name.replace('.yml', '')),
      pace: 'minute',
      reversed: true,
      series: [
        ...[amount, history].flatMap((variable) => variableSeries(variable, span)),
        ...performanceSeries([[{ from: '0m', traffic: { predictions: 20 } }]], span),
      ],
      queries: ['0m', '1m', '2m', '5m'].map((at) => ({ at, expr: 'ALERTS{component="model"}', samples: [] })),
    });
  });
});
