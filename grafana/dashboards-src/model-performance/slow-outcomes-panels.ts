import { dailyBetRule } from '../../../src/stats/daily-bets.ts';
import type { Row } from '../compose.ts';
import { evidence } from '../evidence.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { version } from '../model-queries.ts';
import { asLive } from '../time-series.ts';

export const slow: Row = {
  question: 'Have the outcomes changed on too few of them for a week to show?',
  panels: [
    evidence(
      {
        title: 'Evidence against the expected outcomes',
        description: `What bets on every day so far have won, on average: that the odds of the outcomes are above those that the calibrated scores promise, and that they are below; all of them, and either alone. It is 0 until the first day with outcomes is settled, changes once a day, and does not depend on the chosen window. From ${dailyBetRule.threshold.toLocaleString('en')} on, neither chance nor the error of the calibration explains it. A line that rises steadily from one day on tells when the change began.`,
        noData: 'this version is not watched',
      },
      [
        { expr: `max(model:slow_outcomes{${version}})`, legend: 'all bets' },
        {
          expr: `max by (direction) (model_direction:slow_outcomes{${version}})`,
          legend: 'share of positives {{direction}}',
        },
      ],
    )
      .overrideByName('share of positives falls', [
        { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
      ])
      .overrideByQuery('A', [...asLive, { id: 'custom.fillOpacity', value: 0 }])
      .links([asPanelLink(toRunbook('ModelOutcomesSlowlyUnexpected'))]),
  ],
};
