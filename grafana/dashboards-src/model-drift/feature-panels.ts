import { scoreFeature } from '../../../src/model/artifact-schema.ts';
import { largeEffect } from '../../../src/stats/effect.ts';
import type { Row } from '../compose.ts';
import { driftWords, variable } from '../language.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { of } from '../model-queries.ts';
import { inWords, number, table } from '../tables.ts';
import { verdictTimeline } from '../verdict-panels.ts';
import { amongFurthest, perFeature, timesThreshold, toFeature, verdict } from './queries.ts';

/** As many as fit without scrolling. */
const first = 8;

/** The effect, and less than any of the score, which moves with all features: it follows from what stands above it. */
const effect = (operator: '!=' | '=') =>
  `max by (feature) (${of('model_feature:effect', `feature${operator}"${scoreFeature}"`)})`;
const featuresFirst = `${effect('!=')} or 0 * ${effect('=')} - 1`;

export const features: Row = {
  question: 'Which features drifted?',
  panels: [
    table(
      {
        title: 'Features by what their move does',
        description: `The ${first} features, the score among them, to look at first over the chosen window: drifting ones, then by effect, the score behind the features. Effect: how far the move shifts the scores, in their standard deviations over the reference; from ${largeEffect} on it is large. Of threshold: PSI as a multiple of its threshold; above 1 is drift. Ceiling: the PSI that chance alone stays below. A click on a name opens the feature below; Feature at the top lists all.`,
        unit: 'none',
        noData: 'no feature has been counted for this version',
      },
      [
        { expr: verdict },
        { expr: perFeature('model_feature:effect') },
        { expr: timesThreshold },
        { expr: perFeature('model_feature:psi') },
        { expr: perFeature('model_feature:psi_noise_ceiling') },
        { expr: perFeature('model_feature:observations:increase') },
        { expr: perFeature('model_feature:missing_ratio') },
        { expr: perFeature('model_feature:unseen_ratio') },
        { expr: perFeature('model_feature:outside_range_ratio') },
        { expr: featuresFirst },
      ],
      'feature',
      [
        {
          from: { label: 'feature' },
          name: 'Feature',
          width: 270,
          look: [{ id: 'links', value: [toFeature(variable('__value.text:percentencode'))] }],
        },
        {
          from: { query: 'A' },
          name: 'Verdict',
          look: inWords(driftWords),
        },
        { from: { query: 'B' }, name: 'Effect', look: number('none', 2) },
        { from: { query: 'C' }, name: 'Of threshold', look: number('suffix:×', 2) },
        { from: { query: 'D' }, name: 'PSI', look: number('none', 3) },
        { from: { query: 'E' }, name: 'Ceiling', look: number('none', 3) },
        { from: { query: 'F' }, name: 'Requests', look: number('locale', 0) },
        { from: { query: 'G' }, name: 'Missing', look: number('percentunit', 1) },
        { from: { query: 'H' }, name: 'Unseen', look: number('percentunit', 1) },
        { from: { query: 'I' }, name: 'Outside range', look: number('percentunit', 1) },
      ],
      {
        order: ['A', 'J', 'C'].map((query) => ({ by: { query }, desc: true })),
        first,
      },
    )
      .height(10)
      .links([asPanelLink(toRunbook('ModelFeatureDrift'))]),
    verdictTimeline(
      {
        title: 'Verdicts over time',
        description:
          'One bar a feature; of more than eight, those that moved furthest in this time. A brief drift on a short window may be the time of day; alerts require that it lasts, and compare with the same hour of earlier days.',
        noData: 'no verdict was recorded in this time',
      },
      { expr: amongFurthest(verdict), legend: '{{feature}}' },
      driftWords,
    ),
  ],
};
