import { judgeTrust } from '../../src/monitor/estimate-trust.ts';
import { requireTool } from '../support/tools.ts';
import { near } from './support/near.ts';
import {
  artifact,
  cells,
  model,
  type PerformancePhase,
  performanceSeries,
  windowSums,
} from './support/performance-series.ts';
import { runRuleTest, spanOf } from './support/promtool.ts';
import { gauge, type Series } from './support/series.ts';

const at = '70m';
const window = '1h';
const span = spanOf('minute', at);
const { counts } = artifact.score.bins;
const last = counts.length - 1;

/** As in training, but for this share of the scores, which are beyond all of it. */
const beyond = (share: number): PerformancePhase[] => [
  {
    from: '0m',
    traffic: {
      predictions: 20,
      weight: (bin) => (bin === last ? share : ((1 - share) * counts[bin]) / 1000),
    },
  },
];
const training = beyond(0);

/** What the drift rules record of a feature: the share of its values that training has not seen, and its effect by bin. */
function notSeen(kind: 'outside_range' | 'unseen', share: number, effect: number): Series[] {
  const feature = { ...model, feature: 'amount' };
  const ofWindow = { ...feature, window };
  const constant = (metric: string, labels: Record<string, string>, value: number): Series => ({
    metric,
    labels,
    values: gauge([['0m', value]], span),
  });
  return [
    constant(`model_feature:${kind}_ratio`, ofWindow, share),
    constant(`model_feature:${kind}_ratio_noise_ceiling`, ofWindow, 0.02),
    constant(`model_feature:${kind}_ratio:reference`, feature, 0.002),
    constant('model_feature:observations:increase', ofWindow, 1000),
    constant('model_feature_bin:effect:max', { ...feature, bin: '00' }, effect),
  ];
}

describe('the rules of trust in estimates', function () {
  this.timeout(60_000);
  const stories: [string, PerformancePhase[], Series[], isTrusted: boolean][] = [
    ['as in training', training, notSeen('outside_range', 0.001, 0.2), true],
    ['with a fifth of the scores beyond training', beyond(0.2), [], false],
    ['with a few scores beyond training', beyond(0.04), [], true],
    ['with inputs outside the range', training, notSeen('outside_range', 0.05, 0.2), false],
    ['with values of no known category', training, notSeen('unseen', 0.05, 0.2), false],
    [
      'with inputs outside the range that bring the same to every score',
      training,
      notSeen('outside_range', 0.05, 0),
      true,
    ],
  ];
  for (const [story, phases, inputs, isTrusted] of stories) {
    it(`judge as the service does ${story}`, async function () {
      const scores = judgeTrust(cells, windowSums([phases], window, at), artifact.score.bins);
      await runRuleTest(requireTool(this, 'promtool'), {
        name: story,
        files: ['model-performance'],
        pace: 'minute',
        series: [...performanceSeries([phases], span), ...inputs],
        queries: [
          near(at, 'model:estimate_trusted', { window }, isTrusted ? 1 : 0),
          {
            at,
            expr: `count(model:estimate_doubts{window="${window}", of="scores"})`,
            samples: scores.isTrusted ? [] : [{ labels: '{}', value: 1 }],
          },
        ],
      });
    });
  }
});
