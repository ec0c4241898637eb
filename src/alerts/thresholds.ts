import { z } from 'zod';
import { outcomeRule } from '../monitor/performance-calibration.ts';
import { minShareRequests, minShareRise } from '../monitor/risen-share.ts';
import { scoreMeanRule } from '../monitor/score-mean.ts';
import { driftRule } from '../stats/drift.ts';
import type { AlertSetting, DefaultsOf } from './alert-setting.ts';

const count = z.int().min(1);
const share = z.number().gt(0).lt(1);
const distance = z.number().gt(0);

/**
 * The thresholds that the drift and performance alerts compare with. The rules of Prometheus and the replay of alerts in
 * reports both take them from here; docs/alerts.md prints them.
 */
export const alertThresholds = {
  minPsi: {
    default: driftRule.minPsi as number,
    schema: distance,
    description: 'Minimum PSI of a drift alert, whatever the noise ceiling.',
  },
  fastPsi: {
    default: 0.5,
    schema: distance,
    description: 'PSI over ten minutes above which an alert is critical.',
  },
  broadShare: {
    default: 0.3,
    schema: share,
    description: 'Share of the features that, drifting together, have one cause rather than many.',
  },
  minRequests: {
    default: { '10m': 500, '1h': 500, '24h': 300 },
    schema: z.strictObject({ '10m': count, '1h': count, '24h': count }).partial(),
    description:
      'Requests that a window must hold before it is judged. A week has no minimum: the noise ceiling alone keeps small numbers quiet.',
  },
  minShareRise: {
    default: minShareRise as number,
    schema: share,
    description: 'Rise of a share (missing, unseen, outside the range) above that of the reference.',
  },
  minShareRequests: {
    default: minShareRequests as number,
    schema: count,
    description: 'Requests from which such a share is judged.',
  },
  minRefusedRise: {
    default: 0.05,
    schema: share,
    description: 'Rise of the share of rejected inputs above that of the day before.',
  },
  minRefusedInputs: {
    default: 100,
    schema: count,
    description: 'Inputs in the last hour from which that share is judged.',
  },
  minFailureShare: {
    default: 0.05,
    schema: share,
    description:
      'Share of the rows of the last half hour that a model must have failed to predict, or a shadow have left out.',
  },
  minFailures: {
    default: 5,
    schema: count,
    description: 'Such rows in the last half hour from which that share is judged.',
  },
  minOutcomes: {
    default: outcomeRule.minOutcomes,
    schema: count,
    description:
      'Outcomes in a window from which performance is judged; a sum of so many is near enough to normal.',
  },
  minPredictions: {
    default: 300,
    schema: count,
    description: 'Predictions in a window from which their estimated performance is judged.',
  },
  minEffect: {
    default: outcomeRule.leastEffect as Readonly<Record<'24h' | '7d', number>>,
    schema: z.strictObject({ '24h': distance, '7d': distance }).partial(),
    description:
      'Share of the expected number of the rarer class by which outcomes, or a figure, must deviate.',
  },
  minScoreMeanChange: {
    default: scoreMeanRule.minChange as number,
    schema: distance,
    description: 'Share of the reference’s positives by which the mean score must differ from it.',
  },
  minScoreMeanPredictions: {
    default: scoreMeanRule.minPredictions as number,
    schema: count,
    description: 'Predictions from which the mean score is judged.',
  },
  minDailyOutcomes: {
    default: 20,
    schema: count,
    description: 'Outcomes on a day from which their absence raises an alert.',
  },
} satisfies Record<string, AlertSetting>;

export type AlertThresholds = DefaultsOf<typeof alertThresholds>;
