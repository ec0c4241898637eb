import { dailyBetRule } from '../../../src/stats/daily-bets.ts';
import type { Row } from '../compose.ts';
import { evidence } from '../evidence.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { version } from '../model-queries.ts';
import { mostSeries } from '../panel-expressions.ts';
import { seriesFeature } from './queries.ts';

const evidenceOf = `model_feature:slow_drift{${version}}`;

export const slow: Row = {
  question: 'Has anything moved on too few requests for a week to show?',
  panels: [
    evidence(
      {
        title: 'Evidence of slow drift',
        description: `What bets on every day so far have won, on average, of each numeric feature and the score (of more than ${mostSeries}, those with the most evidence): that the values rise, and that they fall. It is 0 until the first day is settled, changes once a day, and does not depend on the chosen window. From ${dailyBetRule.threshold.toLocaleString('en')} on, chance alone no longer explains it. A line that rises steadily from one day on tells when the change began; up and down below 100 is what chance does.`,
        noData: 'this version has no numeric feature, or is not watched',
      },
      [
        {
          expr: `max by (feature) (${evidenceOf}) and on (feature) topk(${mostSeries}, max by (feature) (${evidenceOf} @ end()))`,
          legend: '{{feature}}',
        },
      ],
    )
      .dataLinks([asPanelLink(seriesFeature)])
      .links([asPanelLink(toRunbook('ModelDriftSlow'))]),
  ],
};
