import type { AlertSettings } from '../../../src/alerts/alert-settings.ts';
import { formatExactShare } from '../../../src/text/format.ts';
import type { Row } from '../compose.ts';
import { alertWords } from '../language.ts';
import { asPanelLink, toRunbook, wholeRunbook } from '../links.ts';
import { stat, verdictStat } from '../verdict-panels.ts';
import {
  burn,
  duration,
  failed,
  predict,
  quantile,
  rate,
  serviceVerdict,
  whileAsked,
} from './service-queries.ts';

/** Until 30 days' increments are recorded, which takes minutes, the last six hours are all there is. */
export const budgetLeft =
  '(slo:error_budget_remaining:ratio or 1 - max by (job, slo) (slo:burn_rate{window="6h"}))';

const burnVerdict = (slo: string, { burnRates }: AlertSettings['objectives']) => ({
  expr: whileAsked(`(${burn(slo)} > bool 1) + (${burn(slo)} > bool ${burnRates['6h']})`),
  words: { good: 'within objective', unsure: 'spending too fast', bad: 'burning' },
});

export const glance = (objectives: AlertSettings['objectives']): Row => ({
  question: 'Is the service answering, well and fast enough?',
  panels: [
    verdictStat(
      {
        title: 'Alerts about the service',
        description:
          'The worst alert about the service that fires: a replica down or lost, an error budget burning, nothing being counted. Overview names it, and the marks in the panels below say when it began.',
        noData: 'no replica found',
      },
      { expr: serviceVerdict },
      alertWords,
    ).links([asPanelLink(wholeRunbook)]),
    stat(
      {
        title: 'Requests to predict',
        description:
          'Requests a second to the routes that predict, all chosen replicas together. Probes, outcomes and other routes are in the first panel below.',
        unit: 'reqps',
        noData: 'no request yet',
      },
      { expr: `sum(${rate(`${duration}_count`, predict)})` },
    ).decimals(1),
    stat(
      {
        title: 'Failed predictions',
        description: `Share of requests to predict answered with 5xx; rejected inputs (4xx) are not failures. The word compares the last hour with the objective of ${formatExactShare(objectives.availability)} over 30 days: above ${objectives.burnRates['6h']} times the sustainable rate it burns.`,
        unit: 'percentunit',
        noData: 'no request now',
      },
      {
        expr: `(sum(${rate(`${duration}_count`, `${predict},${failed}`)}) or 0 * sum(${rate(`${duration}_count`, predict)})) / (sum(${rate(`${duration}_count`, predict)}) > 0)`,
      },
      burnVerdict('availability', objectives),
    )
      .decimals(2)
      .links([asPanelLink(toRunbook('PredictAvailabilityBudgetBurn'))]),
    stat(
      {
        title: 'p95 of predictions',
        description: `95 % of the requests to predict are answered within this time. The word compares the last hour with the objective: ${formatExactShare(objectives.latency)} of answers within ${objectives.latencySeconds * 1000} ms over 30 days.`,
        unit: 's',
        noData: 'no request now',
      },
      { expr: whileAsked(quantile(0.95, '', rate(`${duration}_bucket`, predict))) },
      burnVerdict('latency', objectives),
    ).links([asPanelLink(toRunbook('PredictLatencyBudgetBurn'))]),
    stat(
      {
        title: 'Error budget left',
        description:
          'What is left of the failures that the objectives allow within 30 days, for the objective that has less left. 100 % is all of it; below 0 an objective is missed.',
        unit: 'percentunit',
        noData: 'no request yet',
      },
      { expr: `min(${budgetLeft})` },
      {
        expr: `(min(${budgetLeft}) < bool 0.25) + (min(${budgetLeft}) < bool 0)`,
        words: { good: 'in budget', unsure: 'nearly spent', bad: 'missed' },
      },
    ).decimals(0),
    stat(
      {
        title: 'Replicas up',
        description:
          'Replicas that Prometheus can scrape. A replica that is down answers nobody, or nobody can see what it does.',
        unit: 'none',
        noData: 'no replica found',
      },
      { expr: 'sum(up{job="vigia"})' },
      { expr: '2 * (min(up{job="vigia"}) == bool 0)', words: { good: 'all of them', bad: 'not all' } },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('TargetDown'))]),
  ],
});
