import { measureDrift, raisesAlert } from '../../../src/stats/drift.ts';
import { largeEffect, measureEffect } from '../../../src/stats/effect.ts';
import type { Firing, Scenario } from '../support/scenario.ts';
import {
  gauge,
  labelsOf,
  liveCounts,
  replicaLabels,
  type TrafficPhase,
  type Variable,
  variableSeries,
} from '../support/series.ts';

const files = ['model-drift'];

/** Shares of three value bins and `missing`: as the reference, PSI about 0.2, and above 1. */
const shapes = {
  stable: [0.3, 0.4, 0.3, 0],
  mild: [0.5, 0.35, 0.15, 0],
  strong: [0.8, 0.15, 0.05, 0],
} as const;

type Shape = keyof typeof shapes;

type PhaseOf = readonly [from: string, shape: Shape, perMinute: number];

function traffic(phases: readonly PhaseOf[]): TrafficPhase[] {
  return phases.map(([from, shape, perMinute]) => ({
    from,
    counts: shapes[shape].map((share) => share * perMinute),
  }));
}

function variable(feature: string, ...phases: readonly PhaseOf[]): Variable {
  return {
    feature,
    bins: { kind: 'numeric', edges: [10, 20] },
    reference: [300, 400, 300, 0],
    replicas: [traffic(phases)],
  };
}

function drifted(of: Variable, window: string, at: string): Firing {
  const { psi } = measureDrift(of.bins, of.reference, liveCounts(of, window, at));
  if (psi === null) throw new Error('the window is empty');
  return { labels: { ...labelsOf(of), window }, value: psi };
}

/** The alert on a day or a week: one, whichever of them shows it, with the larger PSI. */
function lastingOn(of: Variable, at: string): Firing {
  const drifts = ['24h', '7d']
    .map((window) => measureDrift(of.bins, of.reference, liveCounts(of, window, at)))
    .filter((drift, i) => raisesAlert(drift) && (i === 1 || drift.samples >= 300));
  if (drifts.length === 0) throw new Error('neither window shows it');
  const value = Math.max(...drifts.map(({ psi }) => psi ?? 0));
  if (of.effects === undefined) return { labels: labelsOf(of), value };
  const effect = Math.max(
    ...['24h', '7d'].map(
      (window) => measureEffect(of.reference, liveCounts(of, window, at), of.effects) ?? 0,
    ),
  );
  const size = effect >= largeEffect ? 'large' : 'small';
  return { labels: { ...labelsOf(of), effect: size }, value, effect };
}

const broken = variable('amount', ['0m', 'stable', 100], ['30m', 'strong', 100], ['60m', 'stable', 100]);
const fewer = variable('fewer', ['0m', 'stable', 40], ['30m', 'strong', 40], ['60m', 'stable', 40]);

const seasonal = variable(
  'amount (net)',
  ['0m', 'stable', 60],
  ['2h', 'mild', 60],
  ['5h', 'stable', 60],
  ['26h', 'mild', 60],
  ['29h', 'stable', 60],
  ['32h', 'mild', 60],
  ['36h', 'stable', 60],
);
const quietYesterday = variable(
  'purpose',
  ['0m', 'stable', 5],
  ['2h', 'mild', 5],
  ['5h', 'stable', 5],
  ['26h', 'mild', 60],
  ['29h', 'stable', 60],
);

const dailyPhases = [
  ['0m', 'stable', 2],
  ['6h', 'mild', 2],
  ['31h', 'stable', 2],
] as const;
const daily = variable('amount', ...dailyPhases);
const score: Variable = { ...variable('(score)', ...dailyPhases), effects: [-1, 0, 1, 0] };
/** The same move: of a feature that the score hangs on, and of one that it hardly does. */
const weighty: Variable = { ...variable('rate "net"', ...dailyPhases), effects: [1, 0, -1, 0] };
const slight: Variable = { ...variable('zip', ...dailyPhases), effects: [0.12, 0, -0.12, 0] };
const weekly: Variable = {
  ...variable('amount', ['0m', 'stable', 0.19], ['3h', 'strong', 0.19], ['31h', 'stable', 2]),
  model: 'quiet',
};

/** Too little for a day with its noise, enough for a week: on either side of where a day begins to be judged. */
const aroundBusyDay = [299, 301].map((perDay) =>
  variable(
    `${perDay} a day`,
    ['0m', 'stable', perDay / 1440],
    ['24h', 'mild', perDay / 1440],
    ['170h', 'stable', 2],
  ),
);

/** Gone after a day, for which the week still shows it. */
const passing = variable('passing', ['0m', 'stable', 2], ['24h', 'strong', 2], ['48h', 'stable', 2]);

/** The same day a week later: as it was then, or not. */
const weekends = (['mild', 'strong'] as const).map((second) =>
  variable(
    `${second} after mild`,
    ['0m', 'stable', 20],
    ['24h', 'mild', 20],
    ['48h', 'stable', 20],
    ['192h', second, 20],
    ['216h', 'stable', 20],
  ),
);

const weeklySeason = variable(
  'amount',
  ['0m', 'stable', 60],
  ['2h', 'mild', 60],
  ['5h', 'stable', 60],
  ['170h', 'mild', 60],
  ['173h', 'stable', 60],
);
const undetermined: Variable[] = ['amount', 'term'].map((feature) => ({
  ...variable(feature, ['0m', 'stable', 0.005], ['172h', 'stable', 20]),
  model: 'quiet',
}));

const several: Variable[] = [
  variable('a', ['0m', 'stable', 100], ['30m', 'strong', 100], ['90m', 'stable', 100]),
  variable('b', ['0m', 'stable', 100], ['60m', 'strong', 100], ['90m', 'stable', 100]),
  variable('c', ['0m', 'stable', 100]),
  variable('d', ['0m', 'stable', 100]),
  variable('(score)', ['0m', 'stable', 100], ['30m', 'strong', 100], ['90m', 'stable', 100]),
  // One of three is more than 30 %, but still one.
  { ...variable('a', ['0m', 'stable', 100], ['30m', 'strong', 100], ['90m', 'stable', 100]), model: 'small' },
  { ...variable('b', ['0m', 'stable', 100]), model: 'small' },
  { ...variable('c', ['0m', 'stable', 100]), model: 'small' },
];

export const driftScenarios: readonly Scenario[] = [
  {
    name: 'an upstream breaks for half an hour',
    files,
    pace: 'minute',
    until: '100m',
    series: (span) => [
      ...[broken, fewer].flatMap((each) => variableSeries(each, span)),
      {
        metric: 'model_feature_unit_factor',
        labels: { ...labelsOf(broken), ...replicaLabels(0), window: '10m' },
        values: gauge([['0m', 1000]], span),
      },
    ],
    courses: [
      {
        alert: 'ModelFeatureDriftFast',
        silent: ['30m', '32m'],
        firing: { '50m': [{ ...drifted(broken, '10m', '50m'), unit: 1000 }] },
        resolved: ['90m'],
      },
    ],
  },
  {
    name: 'the same hours differ every day, then another hour does',
    files,
    pace: 'five minutes',
    until: '38h',
    series: (span) => [seasonal, quietYesterday].flatMap((each) => variableSeries(each, span)),
    courses: [
      {
        alert: 'ModelFeatureDriftEarly',
        silent: ['2h'],
        firing: {
          // No day before to explain it.
          '4h': [drifted(seasonal, '1h', '4h')],
          // The day before explains the one; it had too few requests to explain the other.
          '28h': [drifted(quietYesterday, '1h', '28h')],
          '34h': [drifted(seasonal, '1h', '34h')],
        },
        resolved: ['7h', '25h', '38h'],
      },
    ],
  },
  {
    name: 'another population for a day and more',
    files,
    pace: 'five minutes',
    until: '46h',
    series: (span) => [daily, weighty, slight, score, weekly].flatMap((each) => variableSeries(each, span)),
    courses: [
      {
        alert: 'ModelFeatureDrift',
        silent: ['3h'],
        firing: { '30h': [daily, weighty, slight, weekly].map((each) => lastingOn(each, '30h')) },
        resolved: ['46h'],
      },
      {
        alert: 'ModelScoreDrift',
        silent: ['6h'],
        firing: { '30h': [lastingOn(score, '30h')] },
        resolved: ['46h'],
      },
    ],
  },
  {
    name: 'a shift that only a week can show, at 299 and 301 requests a day, and one that a day shows first',
    files,
    pace: 'five minutes',
    until: '196h',
    series: (span) => [...aroundBusyDay, passing].flatMap((each) => variableSeries(each, span)),
    courses: [
      {
        alert: 'ModelFeatureDrift',
        silent: ['24h'],
        firing: {
          '47h': [lastingOn(passing, '47h')],
          // Only the week has it now, and it is the same alert: there is no gap and no second one.
          '72h': [lastingOn(passing, '72h')],
          '74h': [lastingOn(passing, '74h')],
          '168h': aroundBusyDay.map((each) => lastingOn(each, '168h')),
        },
        resolved: ['196h'],
      },
    ],
  },
  {
    name: 'the same day a week later, as it was then and otherwise',
    files,
    // It misses two of three increments, of all bins alike.
    pace: 'quarter of an hour',
    until: '260h',
    series: (span) => weekends.flatMap((each) => variableSeries(each, span)),
    courses: [
      {
        alert: 'ModelFeatureDrift',
        silent: ['24h'],
        firing: {
          // The first has no other to be compared with.
          '47h': weekends.map((each) => lastingOn(each, '47h')),
          '215h': [lastingOn(weekends[1], '215h')],
        },
        resolved: ['100h', '260h'],
      },
    ],
  },
  {
    name: 'a week: one that repeats itself, and one with hardly a request',
    files,
    pace: 'quarter of an hour',
    until: '182h',
    series: (span) => [weeklySeason, ...undetermined].flatMap((each) => variableSeries(each, span)),
    courses: [
      {
        alert: 'ModelFeatureDriftEarly',
        silent: ['2h'],
        firing: { '4h': [drifted(weeklySeason, '1h', '4h')] },
        resolved: ['7h', '172h'],
      },
      {
        alert: 'ModelDriftUndetermined',
        silent: ['160h'],
        firing: { '171h': [{ labels: { model: 'quiet', version: 'v1' }, value: 2 }] },
        resolved: ['182h'],
      },
    ],
  },
  {
    name: 'two of four features drift at once',
    files,
    pace: 'minute',
    until: '210m',
    series: (span) => several.flatMap((each) => variableSeries(each, span)),
    courses: [
      {
        alert: 'ModelDriftBroad',
        // One feature is not many, and the score is none.
        silent: ['30m', '55m'],
        firing: { '80m': [{ labels: { model: 'credit', version: 'v1' }, value: 0.5 }] },
        resolved: ['210m'],
      },
    ],
  },
  {
    name: 'a version whose reference comes late',
    files,
    pace: 'minute',
    until: '90m',
    series: (span) => {
      const known = variableSeries(variable('amount', ['0m', 'stable', 10]), span);
      const late = variableSeries({ ...variable('amount', ['0m', 'stable', 10]), version: 'v2' }, span);
      return [
        ...known,
        ...late.map((series) =>
          series.metric === 'model_feature_reference_ratio'
            ? {
                ...series,
                values: gauge(
                  [
                    ['0m', null],
                    ['60m', Number(series.values.split('x')[0])],
                  ],
                  span,
                ),
              }
            : series,
        ),
      ];
    },
    courses: [
      {
        alert: 'ModelReferenceMissing',
        silent: ['5m'],
        firing: { '30m': [{ labels: { model: 'credit', version: 'v2', feature: 'amount' }, value: 4 }] },
        resolved: ['90m'],
      },
    ],
  },
  {
    name: 'references that contradict themselves, each other, or the live bins',
    files,
    pace: 'minute',
    until: '90m',
    series: (span) => {
      const briefly = (normal: number | null, wrong: number) =>
        gauge(
          [
            ['0m', normal],
            ['30m', wrong],
            ['60m', normal],
          ],
          span,
        );
      const of = (feature: string) => variableSeries(variable(feature, ['0m', 'stable', 10]), span);
      const other = { ...replicaLabels(1), model: 'credit', version: 'v1' };
      return [
        ...of('sum').map((series) =>
          series.metric === 'model_feature_reference_ratio' && series.labels.bin === 'missing'
            ? { ...series, values: briefly(0, 0.1) }
            : series,
        ),
        ...of('replicas'),
        {
          metric: 'model_feature_reference_ratio',
          labels: { ...other, feature: 'replicas', bin: '00 (-inf, 10]' },
          values: briefly(0.3, 0.2),
        },
        ...of('rows'),
        {
          metric: 'model_feature_reference_samples',
          labels: { ...other, feature: 'rows' },
          values: briefly(1000, 999),
        },
        ...of('bins'),
        {
          metric: 'model_feature_bin_observations_total',
          labels: { ...other, feature: 'bins', bin: 'elsewhere' },
          values: briefly(null, 5),
        },
        ...of('sound'),
      ];
    },
    courses: [
      {
        alert: 'ModelReferenceInconsistent',
        silent: ['30m'],
        firing: {
          '50m': ['bins', 'replicas', 'rows', 'sum'].map((feature) => ({
            labels: { model: 'credit', version: 'v1', feature },
            value: 1,
          })),
        },
        resolved: ['90m'],
      },
    ],
  },
];
