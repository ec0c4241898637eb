import { normalQuantile } from '../../../src/stats/normal-quantile.ts';
import { createSlowDrift, slowDriftRule } from '../../../src/stats/slow-drift.ts';
import { dailyTraffic } from '../support/days.ts';
import type { Firing, Scenario } from '../support/scenario.ts';
import { labelsOf, type Variable, variableSeries } from '../support/series.ts';

const edges = Array.from({ length: 9 }, (_, i) => normalQuantile((i + 1) / 10));
/** A thousand values of a normal variable, moved by so many standard deviations, by bin; the last bin is `missing`. */
function movedBy(shift: number): number[] {
  const counts: number[] = new Array(edges.length + 2).fill(0);
  for (let i = 0; i < 1000; i++) {
    const value = normalQuantile((i + 0.5) / 1000) + shift;
    counts[edges.filter((edge) => edge < value).length]++;
  }
  return counts;
}
const reference = movedBy(0);

type Traffic = { readonly perDay: number; readonly shift: number; readonly endsAfter?: number };

/** Moved from the sixth day on, and back after the 22nd. */
function daysOf({ perDay, shift, endsAfter = 30 }: Traffic): number[][] {
  return Array.from({ length: 30 }, (_, day) =>
    movedBy(day >= 5 && day < 22 ? shift : 0).map((count) => (day < endsAfter ? (count / 1000) * perDay : 0)),
  );
}

function variable(feature: string, traffic: Traffic): Variable {
  return {
    feature,
    bins: { kind: 'numeric', edges },
    reference,
    replicas: [dailyTraffic(daysOf(traffic))],
  };
}

/** What the bets have won by the end of each day. */
function evidenceOf(traffic: Traffic): number[] {
  const detector = createSlowDrift(reference.slice(0, -1));
  if (detector === null) throw new Error('the reference has values');
  return daysOf(traffic).map((counts, day) => {
    detector.addDay(counts.slice(0, -1), day);
    return detector.evidence();
  });
}

const evidence = evidenceOf({ perDay: 20, shift: 0.5 });
/** Days, counted from 1, from the end of which on there is enough evidence. */
const found = evidence.findIndex((won) => won >= slowDriftRule.threshold) + 1;
if (found <= 5 || found > 22) throw new Error(`half a standard deviation was found on day ${found}`);

function firing(feature: string, direction: 'rises' | 'falls', day: number): Firing {
  return { labels: { ...labelsOf({ feature } as Variable), direction }, value: evidence[day - 1] };
}

export const slowDriftScenarios: readonly Scenario[] = [
  {
    name: 'half a standard deviation at twenty requests a day, and no change',
    files: ['model-drift', 'model-slow-drift'],
    pace: 'day',
    until: '30d',
    series: (span) =>
      [
        variable('risen', { perDay: 20, shift: 0.5 }),
        variable('fallen', { perDay: 20, shift: -0.5 }),
        variable('unchanged', { perDay: 20, shift: 0 }),
        // Replaced by another version, but still exported while outcomes of it come: it wins and loses nothing more.
        variable('replaced', { perDay: 20, shift: 0.5, endsAfter: 22 }),
        // The week shows it by itself: ModelFeatureDrift is there, and one alert is enough.
        variable('busy', { perDay: 400, shift: 0.8 }),
      ].flatMap((each) => variableSeries(each, span)),
    courses: [
      {
        alert: 'ModelDriftSlow',
        silent: ['5d', `${found - 1}d`],
        firing: Object.fromEntries(
          [found, 22].map((day) => [
            `${day}d`,
            [firing('fallen', 'falls', day), firing('replaced', 'rises', day), firing('risen', 'rises', day)],
          ]),
        ),
        resolved: ['30d'],
      },
    ],
  },
  {
    name: 'a change that the week showed: no further alert once it is fixed',
    files: ['model-drift', 'model-slow-drift'],
    pace: 'day',
    until: '40d',
    series: (span) => variableSeries(variable('busy', { perDay: 400, shift: 0.5 }), span),
    courses: [
      {
        alert: 'ModelDriftSlow',
        silent: Array.from({ length: 20 }, (_, i) => `${i + 20}d`),
      },
      { alert: 'ModelFeatureDrift', silent: ['25d'] },
    ],
    queries: [
      {
        at: '25d',
        expr: `count(model_feature:slow_drift >= ${slowDriftRule.threshold})`,
        samples: [{ labels: '{}', value: 1 }],
      },
    ],
  },
];
