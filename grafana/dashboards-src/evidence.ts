import type { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { dailyBetRule } from '../../src/stats/daily-bets.ts';
import type { PanelText, Query } from './panel.ts';
import { asThreshold, multiplying, timeSeries } from './time-series.ts';

/** What bets that are settled every day have won over the last two months, on a logarithmic axis, and what is enough. */
export function evidence(text: Omit<PanelText, 'unit'>, queries: readonly Query[]): TimeSeries {
  const threshold = {
    expr: `${dailyBetRule.threshold} + 0 * max(${queries[0].expr})`,
    legend: 'threshold',
  };
  return multiplying(timeSeries({ ...text, unit: 'locale' }, [...queries, threshold], 24), 10)
    .timeFrom('60d')
    .overrideByName(threshold.legend, asThreshold());
}
