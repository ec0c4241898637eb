import assert from 'node:assert/strict';
import { judgeTrust } from '../../src/monitor/estimate-trust.ts';
import { createMonitor, type Monitor } from '../../src/monitor/monitor.ts';
import { learntOf } from '../support/model-parts.ts';
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
import {
  counter,
  labelsOf,
  liveCounts,
  minutes,
  replicaLabels,
  type Series,
  type Variable,
  variableSeries,
} from './support/series.ts';

const at = '70m';
const window = '1h';
const span = spanOf('ten minutes', at);
const { counts } = learntOf(artifact).bins;
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

const amount: Variable = {
  ...model,
  feature: 'amount',
  bins: { kind: 'numeric', edges: [10, 20] },
  reference: [300, 400, 300, 0],
  effects: [-0.1, 0, 0.1, 0],
  replicas: [[{ from: '0m', counts: [6, 8, 6, 0] }]],
};

const purpose: Variable = {
  ...model,
  feature: 'purpose',
  bins: { kind: 'categorical', categories: ['car', 'house'], grouped: [] },
  reference: [600, 400, 0, 0],
  effects: [0.2, -0.3, 0, 0],
  replicas: [[{ from: '0m', counts: [12, 8, 0, 0] }]],
};

/** The inputs in a minute of traffic; those of training when left out. */
type Inputs = {
  /** How many amounts lie outside the range of training; they count in the last bin as well. */
  readonly outside?: number;
  readonly purposes?: readonly number[];
  /** What the bins of the amount bring to the score. */
  readonly amountEffects?: readonly number[];
};

/** Both features, as the replica exports them. */
function variablesOf({ purposes, amountEffects }: Inputs): Variable[] {
  return [
    { ...amount, ...(amountEffects && { effects: amountEffects }) },
    { ...purpose, ...(purposes && { replicas: [[{ from: '0m', counts: purposes }]] }) },
  ];
}

function inputSeries(inputs: Inputs): Series[] {
  return [
    ...variablesOf(inputs).flatMap((variable) => variableSeries(variable, span)),
    {
      metric: 'model_feature_outside_range_total',
      labels: { ...labelsOf(amount), ...replicaLabels(0) },
      values: counter([{ from: '0m', perMinute: inputs.outside ?? 0 }], span),
    },
  ];
}

/** The same as the service counts it over the window. */
function inputCounts(inputs: Inputs): [Monitor, Float64Array] {
  const variables = variablesOf(inputs);
  const monitor = createMonitor({
    ...model,
    features: variables.map(({ feature: name, bins, reference: counts, effects }) => ({
      name,
      bins,
      counts,
      ...(bins.kind === 'numeric' && { range: [0, 30] as const }),
      ...(effects && { effects }),
    })),
    score: { name: '(score)', bins: { kind: 'numeric', edges: [0.5] }, counts: [500, 500, 0] },
  });
  const counts = Float64Array.from(monitor.totals);
  for (const [i, variable] of variables.entries()) {
    counts.set(liveCounts(variable, window, at), monitor.variables[i].offset);
  }
  counts[monitor.variables[0].above] = (inputs.outside ?? 0) * minutes(window);
  return [monitor, counts];
}

describe('the rules of trust in estimates', () => {
  const stories: [string, PerformancePhase[], Inputs, isTrusted: boolean][] = [
    ['as in training', training, {}, true],
    ['with a fifth of the scores beyond training', beyond(0.2), {}, false],
    ['with a few scores beyond training', beyond(0.04), {}, true],
    ['with inputs outside the range', training, { outside: 1 }, false],
    ['with a few inputs outside the range', training, { outside: 0.1 }, true],
    ['with values of no known category', training, { purposes: [11, 8, 0, 1] }, false],
    [
      'with inputs outside the range that bring the same to every score',
      training,
      { outside: 1, amountEffects: [0, 0, 0, 0] },
      true,
    ],
  ];
  for (const [story, phases, inputs, isTrusted] of stories) {
    it(`judge as the service does ${story}`, async function () {
      const sums = windowSums([phases], window, at);
      const scoresAlone = judgeTrust(cells, sums, learntOf(artifact).bins);
      const trust = judgeTrust(cells, sums, learntOf(artifact).bins, ...inputCounts(inputs));
      assert.equal(trust.isTrusted, isTrusted);
      const ofInputs = trust.reasons.length - scoresAlone.reasons.length;
      await runRuleTest(requireTool(this, 'promtool'), {
        name: story,
        files: ['model-drift', 'model-shares', 'model-performance'],
        pace: 'ten minutes',
        series: [...performanceSeries([phases], span), ...inputSeries(inputs)],
        queries: [
          near(at, 'model:estimate_trusted', { window }, trust.isTrusted ? 1 : 0),
          {
            at,
            expr: `count(model:estimate_doubts{window="${window}", of="scores"})`,
            samples: scoresAlone.isTrusted ? [] : [{ labels: '{}', value: 1 }],
          },
          {
            at,
            expr: `sum(model:estimate_doubts{window="${window}", of="inputs"})`,
            samples: ofInputs === 0 ? [] : [{ labels: '{}', value: ofInputs }],
          },
        ],
      });
    });
  }
});
