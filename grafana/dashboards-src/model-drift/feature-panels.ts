import { largeEffect } from '../../../src/stats/effect.ts';
import type { Row } from '../compose.ts';
import { driftWords, variable } from '../language.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { descending, inWords, number, table } from '../tables.ts';
import { verdictTimeline } from '../verdict-panels.ts';
import { perFeature, timesLimit, toFeature, verdict } from './queries.ts';

export const features: Row = {
  question: 'Which features drifted?',
  panels: [
    table(
      {
        title: 'Features by what their move does',
        description: `Each feature and the score over the chosen window: drifting ones first, then by effect. Effect: how far the move shifts the scores, in their standard deviations over the reference; from ${largeEffect} on it is large. Of limit: PSI as a multiple of its limit; above 1 is drift. Ceiling: the PSI that chance alone stays under. A click on a name opens the feature below.`,
        unit: 'none',
        noData: 'no feature has been counted for this version',
      },
      [
        { expr: verdict },
        { expr: perFeature('model_feature:effect') },
        { expr: timesLimit },
        { expr: perFeature('model_feature:psi') },
        { expr: perFeature('model_feature:psi_noise_ceiling') },
        { expr: perFeature('model_feature:observations:increase') },
        { expr: perFeature('model_feature:missing_ratio') },
        { expr: perFeature('model_feature:unseen_ratio') },
        { expr: perFeature('model_feature:outside_range_ratio') },
      ],
      'feature',
      [
        {
          from: { label: 'feature' },
          name: 'Feature',
          look: [{ id: 'links', value: [toFeature(variable('__value.text:percentencode'))] }],
        },
        {
          from: { query: 'A' },
          name: 'Verdict',
          look: inWords(driftWords),
        },
        { from: { query: 'B' }, name: 'Effect', look: number('none', 2) },
        { from: { query: 'C' }, name: 'Of limit', look: number('suffix: ×', 2) },
        { from: { query: 'D' }, name: 'PSI', look: number('none', 3) },
        { from: { query: 'E' }, name: 'Ceiling', look: number('none', 3) },
        { from: { query: 'F' }, name: 'Requests', look: number('short', 0) },
        { from: { query: 'G' }, name: 'Missing', look: number('percentunit', 2) },
        { from: { query: 'H' }, name: 'Unseen', look: number('percentunit', 2) },
        { from: { query: 'I' }, name: 'Outside range', look: number('percentunit', 2) },
      ],
    )
      .sortBy([descending('Verdict'), descending('Effect'), descending('Of limit')])
      .links([asPanelLink(toRunbook('ModelFeatureDrift'))]),
    verdictTimeline(
      {
        title: 'Verdicts over time',
        description:
          'One bar a feature. A short drifting stretch on a short window may be the time of day; alerts ask for persistence and compare with the same hour before.',
        noData: 'no verdict was recorded in this time',
      },
      { expr: verdict, legend: '{{feature}}' },
      driftWords,
    ),
  ],
};
