import * as common from '@grafana/grafana-foundation-sdk/common';
import type { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { dailyBetRule } from '../../src/stats/daily-bets.ts';
import type { PanelText, Query } from './panel.ts';
import { thresholdLine, timeSeries } from './time-series.ts';

/** What bets that are settled every day have won over the last two months, on a logarithmic axis, and what is enough. */
export function evidence(text: Omit<PanelText, 'unit'>, queries: readonly Query[]): TimeSeries {
  const { threshold, maxWinnings } = dailyBetRule;
  return thresholdLine(timeSeries({ ...text, unit: 'locale' }, queries, 24), threshold)
    .timeFrom('60d')
    .axisSoftMax(maxWinnings)
    .scaleDistribution(
      new common.ScaleDistributionConfigBuilder()
        .type(common.ScaleDistribution.Symlog)
        .log(10)
        .linearThreshold(1),
    );
}
