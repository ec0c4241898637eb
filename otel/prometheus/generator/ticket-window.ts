import { minRequests } from '../../../src/report/alert-rules.ts';
import { byFeature, promql } from './promql.ts';
import type { Scales } from './settings.ts';

/**
 * A condition on the last 24 h, or on the last week where a day brings too few requests. Both see every hour of a
 * day, so that neither takes the night for drift.
 *
 * @param condition gives the condition, with its labels `window` and those of a feature, for one window
 */
export function onTicketWindow(condition: (window: '24h' | '7d') => string, { requests }: Scales): string {
  const busyDay = `model_feature:observations:increase{window="24h"} >= ${requests(minRequests['24h'])}`;
  return promql`
    (
      ${condition('24h')}
        and on (${byFeature}) ${busyDay}
    )
    or
    (
      ${condition('7d')}
        unless on (${byFeature}) ${busyDay}
    )`;
}
