import { ok } from 'node:assert/strict';
import { shareDesignEffect } from '../../src/monitor/risen-share.ts';
import type { Bins } from '../../src/stats/binning.ts';
import { binomialCeiling } from '../../src/stats/binomial-ceiling.ts';
import { driftRule, earlierCeiling, measureDrift } from '../../src/stats/drift.ts';
import { measureEffect } from '../../src/stats/effect.ts';
import { psi } from '../../src/stats/psi.ts';
import { comparedCounts, joinsRare } from '../../src/stats/rare-categories.ts';
import { requireTool } from '../support/tools.ts';
import { dailyTraffic } from './support/days.ts';
import { matchers, type Pace, type Query, type RuleTest, runRuleTest, spanOf } from './support/promtool.ts';
import { labelsOf, liveCounts, sum, type Variable, variableSeries } from './support/series.ts';

const { ceilingZ, pseudoCount } = driftRule;
const verdicts = { stable: 0, undetermined: 1, moved: 2, drifting: 3 } as const;

const age: Variable = {
  feature: 'age',
  bins: { kind: 'numeric', edges: [23, 26, 31, 36, 42] } satisfies Bins,
  reference: [210, 180, 150, 190, 160, 100, 10],
  effects: [0.5, 0.25, 0, -0.25, -0.5, -1, 0.125],
  replicas: [[{ from: '0m', counts: [3, 5, 4, 2, 0, 1, 0] }]],
};

const history: Variable = {
  feature: 'history',
  bins: { kind: 'categorical', categories: ['good', 'bad', 'none'], grouped: ['rare'] } satisfies Bins,
  reference: [500, 300, 150, 50, 0, 0],
  effects: [0.5, -0.5, 0.25, 1, 0, -2],
  replicas: [[{ from: '0m', counts: [4, 3, 2, 0, 1, 1] }]],
};

/** Expects unseen names: they are compared together with the rare ones. */
const merchant: Variable = {
  feature: 'merchant',
  bins: { kind: 'categorical', categories: ['a', 'b'], grouped: ['c', 'd', 'e'] } satisfies Bins,
  reference: [600, 250, 90, 10, 50],
  replicas: [[{ from: '0m', counts: [6, 3, 0, 1, 2] }]],
};

const turningMerchant: Variable = {
  ...merchant,
  replicas: [
    [
      { from: '0m', counts: [6, 3, 0, 1, 2] },
      { from: '24h', counts: [2, 5, 3, 0, 0] },
    ],
  ],
};

/** The one sample of `metric` with these labels lies within 1e-6 of `value`. */
function near(at: string, metric: string, labels: Record<string, string>, value: number): Query {
  const selector = `{${matchers(labels)}}`;
  return {
    at,
    expr: `abs(${metric}${selector} - ${value}) <= bool 1e-6`,
    samples: [{ labels: selector, value: 1 }],
  };
}

/** Every figure of the windows is what `src/stats` says of the same counts. */
function agree(variable: Variable, windows: readonly string[], at: string): Query[] {
  return windows.flatMap((window) => {
    const live = liveCounts(variable, window, at);
    const drift = measureDrift(variable.bins, variable.reference, live);
    ok(
      drift.psi !== null && drift.psiNoiseCeiling !== null && drift.psiAlertCeiling !== null,
      'the window is empty',
    );
    const labels = { ...labelsOf(variable), window };
    return [
      near(at, 'model_feature:observations:increase', labels, sum(live)),
      near(at, 'model_feature:psi', labels, drift.psi),
      near(at, 'model_feature:psi_noise_ceiling', labels, drift.psiNoiseCeiling),
      near(at, 'model_feature:psi_alert_ceiling', labels, drift.psiAlertCeiling),
      ...(drift.rankTrend === null
        ? []
        : [
            near(at, 'model_feature:rank_trend', labels, drift.rankTrend.probability),
            near(at, 'model_feature:rank_trend:z', labels, drift.rankTrend.z),
          ]),
      near(at, 'model_feature_window:verdict', labels, verdicts[drift.verdict]),
      ...(variable.effects === undefined
        ? []
        : [
            near(
              at,
              'model_feature:effect',
              labels,
              measureEffect(variable.reference, live, variable.effects) ?? Number.NaN,
            ),
          ]),
    ];
  });
}

function test(
  name: string,
  pace: Pace,
  variables: readonly Variable[],
  until: string,
  queries: readonly Query[],
  files: readonly string[] = ['model-drift'],
): RuleTest {
  const series = variables.flatMap((variable) => variableSeries(variable, spanOf(pace, until)));
  return { name, files, pace, series, queries };
}

const short = ['10m', '1h'];
const long = ['24h', '7d'];

const three: Variable = {
  ...age,
  replicas: [
    [{ from: '0m', counts: [3, 5, 4, 2, 0, 1, 0] }],
    [
      { from: '0m', counts: [2, 1, 7, 1, 1, 0, 1] },
      { from: '50m', counts: [2, 1, 7, 1, 1, 0, 1], restart: true },
    ],
    [{ from: '0m', counts: [0, 0, 1, 1, 3, 9, 0] }],
  ],
};

const newVersion: Variable = {
  ...age,
  version: 'v2',
  reference: [100, 100, 100, 100, 100, 500, 0],
  replicas: [
    [
      { from: '0m', counts: [0, 0, 0, 0, 0, 0, 0] },
      { from: '60m', counts: [1, 1, 1, 1, 1, 4, 1] },
    ],
  ],
};

const idle: Variable = {
  ...age,
  replicas: [
    [
      { from: '0m', counts: [3, 5, 4, 2, 0, 1, 0] },
      { from: '60m', counts: [0, 0, 0, 0, 0, 0, 0] },
    ],
  ],
};

const constant: Variable = {
  ...age,
  reference: [0, 0, 1000, 0, 0, 0, 0],
  replicas: [[{ from: '0m', counts: [0, 0, 40, 0, 0, 1, 0] }]],
};

const changing: Variable = {
  ...age,
  replicas: [
    [
      { from: '0m', counts: [3, 5, 4, 2, 0, 1, 0] },
      { from: '24h', counts: [9, 2, 1, 1, 1, 1, 5] },
    ],
  ],
};

const changingWeeks: Variable = {
  ...age,
  replicas: [
    dailyTraffic(
      Array.from({ length: 8 }, (_, day) =>
        day < 7 ? [60, 100, 80, 40, 0, 20, 0] : [90, 20, 10, 10, 1, 9, 50],
      ),
    ),
  ],
};

const turning: Variable = {
  feature: 'answer',
  bins: { kind: 'categorical', categories: ['yes'], grouped: [] } satisfies Bins,
  reference: [900, 100, 0],
  replicas: [dailyTraffic([[0, 300, 100], ...Array.from({ length: 7 }, () => [500, 100, 0])])],
};

/** Higher ages more often: 140 in ten minutes are too few for the PSI, and enough for the trend. */
const rising: Variable = {
  ...age,
  feature: 'rising',
  replicas: [[{ from: '0m', counts: [1.2, 1.6, 1.8, 3, 3, 3.4, 0] }]],
};

/** Nearly all values are in one bin: a few others are no trend. */
const dominated: Variable = {
  ...age,
  feature: 'dominated',
  reference: [980, 0, 0, 20, 0, 0, 0],
  replicas: [[{ from: '0m', counts: [0.4, 0, 0, 0.1, 0, 0, 0] }]],
};

const allMissing: Variable = {
  ...age,
  feature: 'all missing',
  replicas: [[{ from: '0m', counts: [0, 0, 0, 0, 0, 0, 10] }]],
};

/** What the move does to the scores, over all since the start, grows to 0.11, and fades again. */
const hovering: Variable = {
  ...age,
  feature: 'hovering',
  bins: { kind: 'numeric', edges: [10, 20] } satisfies Bins,
  reference: [300, 400, 300, 0],
  effects: [0.4, 0, -0.4, 0],
  replicas: [
    [
      { from: '0m', counts: [3, 4, 3, 0] },
      { from: '60m', counts: [5, 3.5, 1.5, 0] },
      { from: '300m', counts: [3, 4, 3, 0] },
    ],
  ],
};

function paced(feature: string, perMinute: number): Variable {
  return {
    ...age,
    feature,
    replicas: [[{ from: '0m', counts: age.reference.map((n) => (n / 1000) * perMinute) }]],
  };
}

const tests: readonly RuleTest[] = [
  test('numeric and categorical, from the raw counters', 'minute', [age, history, merchant], '2h', [
    ...agree(age, short, '2h'),
    ...agree(history, short, '2h'),
    ...agree(merchant, short, '2h'),
  ]),
  test('numeric and categorical, from increments of five minutes', 'five minutes', [age, history], '25h', [
    ...agree(age, long, '25h'),
    ...agree(history, long, '25h'),
  ]),
  test('what is older than a day or a week falls out', 'day', [turning], '8d', [
    ...['1d', '2d', '7d', '8d'].flatMap((at) => agree(turning, long, at)),
  ]),
  test('three replicas, one of them restarted', 'minute', [three], '80m', agree(three, short, '80m')),
  test(
    'three replicas, one of them restarted: a day',
    'five minutes',
    [three],
    '25h',
    agree(three, long, '25h'),
  ),
  test('a new version beside the old, each with its own reference', 'minute', [age, newVersion], '2h', [
    ...agree(age, short, '2h'),
    ...agree(newVersion, short, '2h'),
  ]),
  test('an empty window: no PSI, undetermined', 'minute', [idle], '3h', [
    ...short.flatMap((window) => {
      const labels = { ...labelsOf(idle), window };
      return [
        near('3h', 'model_feature:observations:increase', labels, 0),
        near('3h', 'model_feature_window:verdict', labels, verdicts.undetermined),
        { at: '3h', expr: `model_feature:psi{window="${window}"}`, samples: [] },
        { at: '3h', expr: `model_feature:psi_noise_ceiling{window="${window}"}`, samples: [] },
      ];
    }),
  ]),
  test('a constant reference has a ceiling too', 'minute', [constant], '2h', agree(constant, short, '2h')),
  test('a trend where the PSI is too noisy', 'minute', [rising, dominated, allMissing], '2h', [
    near('2h', 'model_feature_window:verdict', { ...labelsOf(rising), window: '10m' }, verdicts.moved),
    near(
      '2h',
      'model_feature_window:verdict',
      { ...labelsOf(dominated), window: '1h' },
      verdicts.undetermined,
    ),
    { at: '2h', expr: 'model_feature:rank_trend{feature="all missing"}', samples: [] },
    ...agree(rising, short, '2h'),
    ...agree(dominated, short, '2h'),
  ]),
  test(
    'an effect that was large stays so down to a lower limit',
    'minute',
    [hovering],
    '490m',
    (
      [
        ['150m', 'small'],
        ['280m', 'large'],
        ['380m', 'large'],
        ['480m', 'small'],
      ] as const
    ).map(([at, effect]) => ({
      at,
      expr: '0 * model_feature:effect_size',
      samples: [{ labels: `{${matchers({ ...labelsOf(hovering), effect })}}`, value: 0 }],
    })),
  ),
  ...(
    [
      ['an hour against the same hour a day before', changing, '1h', '1d', '26h', '2h', 'five minutes'],
      [
        'an hour of rare and unseen names against a day before',
        turningMerchant,
        '1h',
        '1d',
        '26h',
        '2h',
        'five minutes',
      ],
      ['a day against the same day a week before', changingWeeks, '24h', '7d', '8d', '1d', 'day'],
    ] as const
  ).map(([name, variable, window, earlier, at, then, pace]) => {
    const [now, before] = [at, then].map((time) =>
      Array.from(
        comparedCounts(
          variable.bins,
          liveCounts(variable, window, time),
          joinsRare(variable.bins, variable.reference),
        ),
      ),
    );
    const labels = { ...labelsOf(variable), window, earlier };
    return test(name, pace, [variable], at, [
      near(at, 'model_feature:psi_to_earlier', labels, psi(before, now, { smoothing: { pseudoCount } })),
      near(
        at,
        'model_feature:psi_to_earlier_alert_ceiling',
        labels,
        earlierCeiling(variable.bins.kind, before, sum(now)),
      ),
    ]);
  }),
  (() => {
    const missing = age.reference.length - 1;
    const live = liveCounts(changing, '1h', '26h');
    const labels = { ...labelsOf(changing), window: '1h' };
    return test(
      'the share of missing values and its ceiling',
      'five minutes',
      [changing],
      '26h',
      [
        near('26h', 'model_feature:missing_ratio', labels, live[missing] / sum(live)),
        near(
          '26h',
          'model_feature:missing_ratio_noise_ceiling',
          labels,
          binomialCeiling(
            age.reference[missing],
            sum(age.reference),
            sum(live) / shareDesignEffect,
            ceilingZ,
          ),
        ),
      ],
      ['model-drift', 'model-shares'],
    );
  })(),
  test(
    'the verdict is that of the shortest window with enough requests',
    'five minutes',
    [paced('busy', 60), paced('hourly', 10), paced('daily', 1), paced('weekly', 0.1)],
    '8h',
    [
      {
        at: '8h',
        expr: 'count by (feature, window) (model_feature:verdict)',
        samples: Object.entries({ busy: '10m', hourly: '1h', daily: '24h', weekly: '7d' }).map(
          ([feature, window]) => ({ labels: `{${matchers({ feature, window })}}`, value: 1 }),
        ),
      },
    ],
  ),
];

describe('recorded drift', () => {
  for (const each of tests) {
    it(each.name, async function () {
      await runRuleTest(requireTool(this, 'promtool'), each);
    });
  }
});
