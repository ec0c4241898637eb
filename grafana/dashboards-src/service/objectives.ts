import type { Row } from '../compose.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { limitLine, timeSeries } from '../time-series.ts';
import { budgetLeft } from './service-glance.ts';

export const objectives: Row = {
  question: 'Will the objectives be met?',
  panels: [
    limitLine(
      timeSeries(
        {
          title: 'Error budget burn',
          description:
            'How many times faster than sustainable the budget is spent, by objective and window. At 1 it lasts exactly 30 days. The critical alert fires when 1h is above 14.4 or 6h above 6, the warning when 1d is above 3 or 3d above 1.',
          unit: 'suffix: ×',
          noData: 'no request to /predict in these windows',
        },
        [
          {
            expr: 'max by (slo, window) (slo:burn_rate{window=~"1h|6h|1d|3d"})',
            legend: '{{slo}} {{window}}',
          },
        ],
      ),
      1,
    ).links([
      asPanelLink(toRunbook('PredictAvailabilityBudgetBurn')),
      asPanelLink(toRunbook('PredictLatencyBudgetBurn')),
    ]),
    timeSeries(
      {
        title: 'Error budget left',
        description:
          'What is left of the budget of the last 30 days. It falls with failures and rises as old ones pass out of the 30 days; below 0 the objective is missed.',
        unit: 'percentunit',
        noData: 'no request to /predict yet',
      },
      [{ expr: `min by (slo) ${budgetLeft}`, legend: '{{slo}}' }],
    ).max(1),
  ],
};
