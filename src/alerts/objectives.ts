import { z } from 'zod';
import type { AlertSetting } from './alert-setting.ts';

const objective = z.number().gt(0).lt(1);
const factor = z.number().gt(0);
const count = z.int().min(1);

/**
 * What the service promises over 30 days, and how fast its error budget may burn before an alert fires: 14.4 times
 * spends 2 % of it in an hour, 6 times 5 % in six, and so on.
 *
 * Source: B. Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
 */
export const objectives = {
  availability: {
    default: 0.995,
    schema: objective,
    description: 'Share of the requests to `/predict` that are not answered with 5xx, over 30 days.',
  },
  latency: {
    default: 0.99,
    schema: objective,
    description: 'Share of the answered requests to `/predict` that are answered fast enough, over 30 days.',
  },
  latencySeconds: {
    default: 0.25,
    // edges of the histogram: between two of them nothing is counted
    schema: z.literal([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]),
    description: 'What is fast enough, in seconds: 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1 or 2.5.',
  },
  burnRates: {
    default: { '1h': 14.4, '6h': 6, '1d': 3, '3d': 1 } as Readonly<Record<'1h' | '6h' | '1d' | '3d', number>>,
    schema: z.strictObject({ '1h': factor, '6h': factor, '1d': factor, '3d': factor }).partial(),
    description:
      'How many times too fast the error budget must burn over a window: 1 h and 6 h are critical, 1 d and 3 d a warning.',
  },
  minRequests: {
    default: 30,
    schema: count,
    description: 'Requests in that window from which its burn rate is judged.',
  },
  minBadRequests: {
    default: 5,
    schema: count,
    description: 'Bad requests in that window from which its burn rate is judged.',
  },
} satisfies Record<string, AlertSetting>;
