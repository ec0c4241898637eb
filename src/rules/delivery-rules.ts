import { promql } from './promql.ts';
import type { RuleGroup } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';

/** Whether alerts reach somebody: 0 yes, 1 no receiver is configured, 2 one is and cannot be reached. */
export const deliveryVerdict = 'alertmanager:delivery:verdict';

/**
 * Alertmanager does not say whether a receiver has an address. But without one it gives up at the first attempt, for the
 * reason `other`. If a receiver has an address and cannot be reached, it tries again or gives another reason: a 4xx or 5xx
 * answer, or no answer in time.
 */
export function deliveryGroup({ time }: Scales): RuleGroup {
  const by = 'sum by (job, instance, integration)';
  const lately = (series: string) => `${by} (increase(${series}[${time('15m')}]))`;
  const failed = lately('alertmanager_notifications_failed_total');
  const repeated = `${lately('alertmanager_notification_requests_failed_total')} - ${failed}`;
  const explained = lately('alertmanager_notifications_failed_total{reason!="other"}');
  return {
    name: 'alert-delivery',
    interval: time('30s'),
    rules: [
      {
        record: deliveryVerdict,
        expr: promql`
          (${failed} > bool 0)
            + (
              ${failed} > bool 0
                and (${repeated} > 0.5 or ${explained} > 0)
            )
            or (${failed} > bool 0)`,
      },
    ],
  };
}
