import * as common from '@grafana/grafana-foundation-sdk/common';
import type { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { dailyBetRule } from '../../src/stats/daily-bets.ts';
import type { PanelText, Query } from './panel.ts';
import { limitLine, timeSeries } from './time-series.ts';

/** What bets that are settled every day have won over the last two months, on a logarithmic axis, and what is enough. */
export function evidence(text: Omit<PanelText, 'unit'>, queries: readonly Query[]): TimeSeries {
  const { threshold, maxWinnings } = dailyBetRule;
  return limitLine(timeSeries({ ...text, unit: 'short' }, queries), threshold)
    .span(24)
    .timeFrom('60d')
    .axisSoftMin(1)
    .axisSoftMax(maxWinnings)
    .scaleDistribution(
      new common.ScaleDistributionConfigBuilder().type(common.ScaleDistribution.Log).log(10),
    );
}
