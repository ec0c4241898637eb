import { ok } from 'node:assert/strict';
import type { Bins } from '../../src/stats/binning.ts';
import { type Drift, driftRule, earlierCeiling, judgeDrift, measureDrift } from '../../src/stats/drift.ts';
import { psi } from '../../src/stats/psi.ts';
import { comparedCounts, joinsRare } from '../../src/stats/rare-categories.ts';
import { requireTool } from '../support/tools.ts';
import { dailyTraffic } from './support/days.ts';
import { near } from './support/near.ts';
import { matchers, type Query, runRuleTest, spanOf } from './support/promtool.ts';
import { labelsOf, liveCounts, sum, type Variable, variableSeries } from './support/series.ts';

const { pseudoCount, segmentCeilingZ } = driftRule;
const verdicts = { stable: 0, undetermined: 1, moved: 2, drifting: 3 } as const;
const pace = 'day';
const until = '14d';

/** The same on all days but the last. */
const daysOf = (counts: readonly number[], last = counts) =>
  Array.from({ length: 14 }, (_, day) => (day === 13 ? last : counts));

const age: Variable = {
  feature: 'age',
  bins: { kind: 'numeric', edges: [23, 26, 31, 36, 42] } satisfies Bins,
  reference: [210, 180, 150, 190, 160, 100, 10],
  replicas: [dailyTraffic(daysOf([42, 36, 30, 38, 32, 20, 2]))],
};

/** Expects unseen names: they are compared together with the rare ones. */
const merchant: Variable = {
  feature: 'merchant',
  bins: { kind: 'categorical', categories: ['a', 'b'], grouped: ['c', 'd', 'e'] } satisfies Bins,
  reference: [600, 250, 90, 10, 50],
  replicas: [dailyTraffic(daysOf([120, 50, 18, 2, 10]))],
};

const within = (name: string) => ({ segment: { by: 'history', name } });

/** Two replicas, one of which restarts; two bins that the segment's reference leaves empty. */
const ageWithin: Variable = {
  ...age,
  ...within('= good'),
  reference: [40, 0, 60, 130, 0, 69, 1],
  replicas: [
    dailyTraffic(daysOf([20, 1, 30, 65, 0, 30, 0], [100, 20, 30, 15, 0, 30, 5]), 9),
    dailyTraffic(daysOf([20, 0, 30, 65, 0, 39, 0])),
  ],
};

/** The segment's reference alone does not say that unseen names are expected. */
const merchantWithin: Variable = {
  ...merchant,
  ...within('= good'),
  reference: [120, 60, 20, 2, 0],
  replicas: [dailyTraffic(daysOf([60, 30, 2, 1, 8], [60, 30, 40, 1, 60]))],
};

const withoutReference: Variable = {
  ...ageWithin,
  ...within('other'),
  reference: [0, 0, 0, 0, 0, 0, 0],
};

const wholes = new Map([age, merchant].map((whole) => [whole.feature, whole]));

function areRareJoined({ feature }: Variable): boolean {
  const whole = wholes.get(feature);
  return whole !== undefined && joinsRare(whole.bins, whole.reference);
}

/** Every figure of a window is what `src/stats` says of the same counts. */
function agree(segment: Variable, window: string): Query[] {
  const live = liveCounts(segment, window, until);
  const drift = measureDrift(segment.bins, segment.reference, live, {
    ceilingZ: segmentCeilingZ,
    areRareJoined: areRareJoined(segment),
  });
  const labels = { ...labelsOf(segment), window };
  return [
    near(until, 'model_segment:observations:increase', labels, sum(live)),
    near(until, 'model_segment:psi', labels, drift.psi),
    near(until, 'model_segment:psi_noise_ceiling', labels, drift.psiNoiseCeiling),
    near(until, 'model_segment:psi_alert_ceiling', labels, drift.psiAlertCeiling),
    near(until, 'model_segment_window:verdict', labels, verdicts[verdictByPsi(drift)]),
  ];
}

/** The recorded verdict of a segment knows no rank trend. */
function verdictByPsi({ psi, psiNoiseCeiling }: Drift) {
  ok(psi !== null && psiNoiseCeiling !== null, 'the window is empty');
  return judgeDrift(psi, psiNoiseCeiling, null, segmentCeilingZ);
}

/** The last day against the same day a week before. */
function agreeToEarlier(segment: Variable): Query[] {
  const [now, before] = [until, '7d'].map((at) =>
    comparedCounts(segment.bins, liveCounts(segment, '24h', at), areRareJoined(segment)),
  );
  const labels = { ...labelsOf(segment), window: '24h', earlier: '7d' };
  const ceiling = earlierCeiling(segment.bins.kind, before, sum(Array.from(now)), segmentCeilingZ);
  return [
    near(until, 'model_segment:psi_to_earlier', labels, psi(before, now, { smoothing: { pseudoCount } })),
    near(until, 'model_segment:psi_to_earlier_alert_ceiling', labels, ceiling),
  ];
}

describe('recorded drift within segments', () => {
  it('is that of src/stats for the same counts', async function () {
    const watched = [ageWithin, merchantWithin];
    const series = [age, merchant, ...watched, withoutReference];
    await runRuleTest(requireTool(this, 'promtool'), {
      name: 'segments',
      files: ['model-drift', 'model-segments'],
      pace,
      series: series.flatMap((each) => variableSeries(each, spanOf(pace, until))),
      queries: [
        ...watched.flatMap((segment) => ['24h', '7d'].flatMap((window) => agree(segment, window))),
        // the other has fewer than 300 requests a day
        ...agreeToEarlier(ageWithin),
        { at: until, expr: `model_segment:psi_to_earlier{feature="merchant"}`, samples: [] },
        ...['psi', 'psi_alert_ceiling', 'day_or_week_psi'].map((name) => ({
          at: until,
          expr: `model_segment:${name}{${matchers({ segment: 'other' })}}`,
          samples: [],
        })),
        {
          // docs/training.md says so
          at: until,
          expr: `count({__name__=~"model_segment_bin:.+", ${matchers({ segment: '= good', feature: 'age', bin: 'missing' })}})`,
          samples: [{ labels: '{}', value: 8 }],
        },
        {
          at: until,
          expr: 'count by (window) (model_segment_window:verdict)',
          samples: ['24h', '7d'].map((window) => ({ labels: `{window="${window}"}`, value: watched.length })),
        },
      ],
    });
  });
});
