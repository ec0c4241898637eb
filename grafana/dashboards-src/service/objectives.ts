import type { AlertSettings } from '../../../src/alerts/alert-settings.ts';
import { burnWindows } from '../../../src/rules/slo.ts';
import type { Row } from '../compose.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { thresholdLine, timeSeries } from '../time-series.ts';
import { budgetLeft } from './service-glance.ts';

/** How near each alert of an objective is: its burn rate as a multiple of the one at which it fires. */
function burn(slo: 'availability' | 'latency', { burnRates }: AlertSettings['objectives']) {
  const alerts = Object.entries(burnWindows).flatMap(([severity, windows]) =>
    windows.map(({ long }) => ({ severity, long, factor: burnRates[long] })),
  );
  const inWords = alerts
    .map(({ severity, factor, long }) => `${factor} over ${long} (${severity})`)
    .join(', ');
  const subject = slo === 'availability' ? 'PredictAvailability' : 'PredictLatency';
  return thresholdLine(
    timeSeries(
      {
        title: `Error budget burn: ${slo}`,
        description: `How fast the budget is spent, as a multiple of the rate at which an alert fires: above the line at 1 it does. At a burn rate of 1 the budget lasts exactly 30 days; alerts fire above ${inWords}, where a short window says so as well.`,
        unit: 'suffix:×',
        noData: 'no prediction was asked for in these windows',
      },
      alerts.map(({ factor, long, severity }) => ({
        expr: `max(slo:burn_rate{slo="${slo}",window="${long}"}) / ${factor}`,
        legend: `${long}, ${severity}`,
      })),
      8,
    ).axisSoftMax(1.5),
    1,
  ).links([`${subject}BudgetBurn`, `${subject}BudgetBurnSlow`].map((name) => asPanelLink(toRunbook(name))));
}

export const budgets = (objectives: AlertSettings['objectives']): Row => ({
  question: 'Will the objectives be met?',
  panels: [
    burn('availability', objectives),
    burn('latency', objectives),
    timeSeries(
      {
        title: 'Error budget left',
        description:
          'What is left of the budget of the last 30 days. It falls with failures and rises as old ones pass out of the 30 days; below 0 the objective is missed.',
        unit: 'percentunit',
        noData: 'no prediction was asked for yet',
      },
      [{ expr: `min by (slo) ${budgetLeft}`, legend: '{{slo}}' }],
      8,
    )
      .axisSoftMin(-0.1)
      .max(1),
  ],
});
