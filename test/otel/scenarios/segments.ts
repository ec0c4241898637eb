import { driftRule, measureDrift, raisesAlert } from '../../../src/stats/drift.ts';
import { dailyTraffic } from '../support/days.ts';
import type { Firing, Scenario } from '../support/scenario.ts';
import { labelsOf, liveCounts, type Variable, variableSeries } from '../support/series.ts';

const files = ['model-drift', 'model-segments'];

/** Shares of three value bins and `missing`: as the reference, PSI about 0.08, 0.12 and 0.2, and above 1. */
const shapes = {
  stable: [0.3, 0.4, 0.3, 0],
  slight: [0.42, 0.38, 0.2, 0],
  further: [0.45, 0.37, 0.18, 0],
  mild: [0.5, 0.35, 0.15, 0],
  strong: [0.8, 0.15, 0.05, 0],
} as const;

type Shape = keyof typeof shapes;

const counts = (shape: Shape, rows: number) => shapes[shape].map((share) => share * rows);

function variable(feature: string, replica: Variable['replicas'][number], segment?: string): Variable {
  return {
    feature,
    ...(segment !== undefined && { segment: { by: 'history', name: segment } }),
    bins: { kind: 'numeric', edges: [10, 20] },
    reference: [300, 400, 300, 0],
    replicas: [replica],
  };
}

/** @param phases from when on what shape comes, so many a minute */
function steady(...phases: readonly (readonly [from: string, shape: Shape, perMinute: number])[]) {
  return phases.map(([from, shape, perMinute]) => ({ from, counts: counts(shape, perMinute) }));
}

/** @param shapeOf of each day, the first being 1 */
function daily(days: number, rows: number, shapeOf: (day: number) => Shape) {
  return dailyTraffic(Array.from({ length: days }, (_, i) => counts(shapeOf(i + 1), rows)));
}

/** The alert on a segment of several features: one, with the larger PSI of either window. */
function lastingOn(of: Variable, at: string): Firing {
  const drifts = ['24h', '7d']
    .map((window) =>
      measureDrift(of.bins, of.reference, liveCounts(of, window, at), {
        ceilingZ: driftRule.segmentCeilingZ,
      }),
    )
    .filter((drift, i) => raisesAlert(drift) && (i === 1 || drift.samples >= 300));
  if (drifts.length === 0) throw new Error('neither window shows it');
  const { feature, ...labels } = labelsOf(of);
  return { labels, value: Math.max(...drifts.map(({ psi }) => psi ?? 0)), furthest: feature };
}

const change = steady(['0m', 'stable', 2], ['2h', 'strong', 2], ['13h', 'stable', 40]);
const mildChange = steady(['0m', 'stable', 2], ['2h', 'mild', 2], ['13h', 'stable', 40]);
const noChange = steady(['0m', 'stable', 20]);
const good = '= good "as new"';
const within = variable('amount', change, good);
const everybody = steady(['0m', 'stable', 20], ['2h', 'strong', 20], ['13h', 'stable', 400]);

const inSegments: Variable[] = [
  // All rows together, in which the segment is one of many.
  ...['amount', 'term', '(score)'].map((feature) => variable(feature, noChange)),
  within,
  // One alert for the segment, with the feature that moved furthest.
  variable('term', mildChange, good),
  variable('(score)', mildChange, good),
  variable('amount', steady(['0m', 'stable', 2]), 'other'),
  // A change in all rows raises one alert.
  variable('rate', everybody),
  variable('rate', change, good),
  variable('rate', change, '= bad'),
  // Nor does a change of everybody become one of some, when chance takes these above 0.1 and all rows stay below it.
  variable('income', steady(['0m', 'slight', 200])),
  variable('income', steady(['0m', 'further', 40]), good),
  variable('income', steady(['0m', 'further', 40]), '= bad'),
];

/** Two days that are far off: a day is judged from 300 rows on, and the week before dilutes them. */
const aroundMinimum = [290, 310].map((rows) =>
  variable(
    'age',
    daily(16, rows, (day) => (day === 6 || day === 7 ? 'strong' : 'stable')),
    `= ${rows} a day`,
  ),
);

/** Never enough in a day; a week of it is. */
const slow = variable(
  'age',
  daily(16, 290, (day) => (day >= 4 && day <= 12 ? 'mild' : 'stable')),
  '= slow',
);
const isWeekend = (day: number) => day % 7 === 6 || day % 7 === 0;
const weekend = variable(
  'age',
  daily(16, 3000, (day) => (isWeekend(day) ? 'mild' : 'stable')),
  '= weekend',
);
const otherWeekend = variable(
  'age',
  daily(16, 3000, (day) => (isWeekend(day) ? (day > 7 ? 'strong' : 'mild') : 'stable')),
  '= other weekend',
);
const wholeAge = variable(
  'age',
  daily(16, 20_000, () => 'stable'),
);

export const segmentScenarios: readonly Scenario[] = [
  {
    name: 'a change within one segment, and one of everybody',
    files,
    pace: 'five minutes',
    until: '18h',
    series: (span) => inSegments.flatMap((each) => variableSeries(each, span)),
    courses: [
      {
        alert: 'ModelSegmentDrift',
        silent: ['2h'],
        firing: { '12h': [lastingOn(within, '12h')] },
        resolved: ['18h'],
      },
    ],
  },
  {
    name: 'segments from day to day: too few rows, a week that shows what no day does, weekends',
    files,
    // An alert fires on the second day on which its condition holds.
    pace: 'day',
    until: '16d',
    series: (span) =>
      [wholeAge, ...aroundMinimum, slow, weekend, otherWeekend].flatMap((each) => variableSeries(each, span)),
    courses: [
      {
        alert: 'ModelSegmentDrift',
        silent: ['5d', '9d'],
        firing: {
          '7d': [aroundMinimum[1], otherWeekend, weekend].map((each) => lastingOn(each, '7d')),
          '12d': [lastingOn(slow, '12d')],
          // The other is as it was a week ago.
          '14d': [lastingOn(otherWeekend, '14d')],
        },
        resolved: ['16d'],
      },
    ],
  },
];
