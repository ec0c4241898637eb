import { outcomeRates } from '../../src/stats/outcome-rates.ts';
import { requireTool } from '../support/tools.ts';
import { near } from './support/near.ts';
import { artifact, model, type PerformancePhase, performanceSeries } from './support/performance-series.ts';
import { type Pace, type Query, runRuleTest, spanOf } from './support/promtool.ts';
import { counter, minutes, replicaLabels, type Series, type Span } from './support/series.ts';

const [negative, positive] = [artifact.output.negative, artifact.output.positive];
/** Before the last hour: `increase` over a window takes its ends as alike. */
const from = '5m';

/** Outcomes a minute of one bin on one replica: until the replica restarts, and after that. */
type Minute = readonly [
  trueNegatives: number,
  falseNegatives: number,
  falsePositives: number,
  truePositives: number,
];
type Phases = readonly [before: Minute, after: Minute];

/** By bin, then by replica. */
const bins: Readonly<Record<string, readonly Phases[]>> = {
  '00 (-inf, 30]': [
    [
      [5, 2, 1, 3],
      [2, 2, 4, 1],
    ],
    [
      [1, 0, 0, 2],
      [7, 1, 1, 0],
    ],
  ],
  // none of its positive outcomes was predicted
  '01 (30, +inf)': [
    [
      [3, 2, 1, 0],
      [3, 2, 1, 0],
    ],
  ],
  // no negative outcome, and all positive ones predicted
  missing: [
    [
      [0, 0, 0, 0],
      [0, 0, 0, 1],
    ],
  ],
};
const cells = [
  [negative, negative],
  [negative, positive],
  [positive, negative],
  [positive, positive],
] as const;

function groupSeries(span: Span): Series[] {
  return Object.entries(bins).flatMap(([bin, replicas]) =>
    replicas.flatMap(([before, after], replica) =>
      cells.map(([prediction, outcome], i) => ({
        metric: 'model_feature_bin_outcomes_total',
        labels: { ...model, feature: 'size', bin, prediction, outcome, ...replicaLabels(replica) },
        values: counter(
          [
            { from: '0m', perMinute: before[i] },
            { from, perMinute: after[i], restart: true },
          ],
          span,
        ),
      })),
    ),
  );
}

/** What the function makes of the same counts; `null` where the rule gives nothing. */
function agree(window: string, at: string, isIdentified = true): Query[] {
  const start = Math.max(0, minutes(at) - minutes(window));
  const beforeMinutes = Math.max(0, minutes(from) - start);
  const afterMinutes = minutes(at) - Math.max(start, minutes(from));
  return Object.entries(bins).flatMap(([bin, replicas]) => {
    const [trueNegatives, falseNegatives, falsePositives, truePositives] = cells.map((_, i) =>
      replicas.reduce((sum, [before, after]) => sum + before[i] * beforeMinutes + after[i] * afterMinutes, 0),
    );
    const rates = outcomeRates(
      { trueNegatives, falseNegatives, falsePositives, truePositives },
      isIdentified,
    );
    return [
      ['true_positive_rate', rates.truePositiveRate] as const,
      ['false_positive_rate', rates.falsePositiveRate] as const,
    ].flatMap(([metric, { value, outcomes, interval }]) => {
      const labels = { feature: 'size', bin, metric, window };
      const end = (name: string, is: number | undefined) =>
        near(at, 'model_feature_bin:performance_interval', { ...labels, end: name }, is ?? null);
      return [
        near(at, 'model_feature_bin:performance', labels, value),
        near(at, 'model_feature_bin:performance_samples', labels, outcomes || null),
        end('lower', interval?.low),
        end('upper', interval?.high),
      ];
    });
  });
}

const all: PerformancePhase[] = [{ from: '0m', traffic: { predictions: 20 } }];
const declined: PerformancePhase[] = [
  { from: '0m', traffic: { predictions: 20, labelled: ({ isPositive }) => (isPositive ? 0.02 : 1) } },
];

describe('the rules of rates by group', () => {
  const stories: [string, PerformancePhase[], Pace, string[], string][] = [
    ['over short windows', all, 'minute', ['10m', '1h'], '70m'],
    // a restart shows only if the new process has counted less by the next scrape than the old one had
    ['over long windows', all, 'five minutes of 15 s', ['24h', '7d'], '2h'],
    ['where the declined have no outcome: none', declined, 'minute', ['10m', '1h'], '70m'],
  ];
  for (const [story, phases, pace, windows, at] of stories) {
    it(`give those of the service ${story}`, async function () {
      const span = spanOf(pace, at);
      await runRuleTest(requireTool(this, 'promtool'), {
        name: story,
        files: ['model-performance'],
        pace,
        series: [...performanceSeries([phases], span), ...groupSeries(span)],
        queries: windows.flatMap((window) => agree(window, at, phases === all)),
      });
    });
  }
});
