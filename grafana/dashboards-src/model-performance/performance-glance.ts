import { defaultAlertSettings } from '../../../src/alerts/alert-settings.ts';
import { outcomeRule } from '../../../src/monitor/performance-calibration.ts';
import type { Row } from '../compose.ts';
import { performanceWords } from '../language.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { of } from '../model-queries.ts';
import {
  comparisonVerdict,
  estimateVerdict,
  expectationVerdict,
  figure,
  performanceVerdict,
  samples,
} from '../performance-queries.ts';
import { stat, verdictStat } from '../verdict-panels.ts';
import { least, z } from './words.ts';

const { minOutcomes } = defaultAlertSettings.thresholds;

const comparisonWords = {
  good: 'as held-out',
  unsure: 'too few to judge',
  bad: 'below held-out',
} as const;

export const glance: Row = {
  question: 'Are the answers as good as they were on held-out rows?',
  panels: [
    verdictStat(
      {
        title: 'Verdict',
        description: `What the alerts on performance say of the chosen window, taken together. Not as expected: outcomes differ from the calibrated scores, or a figure is below that on held-out rows, by more than ${z} standard errors and by more than ${least}. Undetermined: fewer than ${minOutcomes} outcomes count. It compares the answers with what the scores promise; whether the population has changed, and with it who is approved, is what Model drift says.`,
        noData: 'nothing counted yet',
      },
      { expr: performanceVerdict },
      performanceWords,
    ).links([asPanelLink(toRunbook('ModelOutcomesUnexpected'))]),
    stat(
      {
        title: 'Accuracy',
        description:
          'Share of the outcomes in the window that the model predicted. It stays empty where one decision’s outcomes hardly ever come: those who are declined cannot fail to repay, and without them accuracy is not known.',
        unit: 'percentunit',
        noData: 'not known yet',
      },
      { expr: figure('realised', 'accuracy') },
      { expr: comparisonVerdict('realised', 'accuracy'), words: comparisonWords },
    )
      .decimals(1)
      .links([asPanelLink(toRunbook('ModelPerformanceBelowCrossValidated'))]),
    stat(
      {
        title: 'Estimated accuracy',
        description:
          'What the calibrated scores of all predictions in the window promise, before any outcome is there. It shows that cases have become harder, but not that the same features now mean another risk. It is in doubt while inputs lie outside the reference, or scores fall where it has hardly any, and while there are few predictions.',
        unit: 'percentunit',
        noData: 'no prediction',
      },
      { expr: figure('estimated', 'accuracy') },
      {
        expr: estimateVerdict('accuracy'),
        words: { ...comparisonWords, unsure: 'in doubt' },
      },
    )
      .decimals(1)
      .links([asPanelLink(toRunbook('ModelPerformanceEstimatedFalling'))]),
    stat(
      {
        title: 'Observed − expected',
        description: `Positive outcomes less those that the calibrated scores of the same rows promise, in standard deviations. Above 0 there are more than promised. Every ${outcomeRule.designEffect} outcomes count as one, and the error of the calibration is included. Beyond ±${z}, and by more than ${least} of what is expected, the model is no longer right about its population. Σ p(1 − p) counts as ${outcomeRule.minVariance} at least.`,
        unit: 'suffix:σ',
        noData: 'no outcome',
      },
      { expr: `max(${of('model:observed_expected:z')})` },
      {
        expr: expectationVerdict,
        words: { good: 'as expected', unsure: 'too few to judge', bad: 'unexpected' },
      },
    )
      .decimals(1)
      .links([asPanelLink(toRunbook('ModelOutcomesUnexpected'))]),
    stat(
      {
        title: 'Outcomes that count',
        description:
          'Outcomes in the window of predictions that are old enough: what every realised figure rests on. They speak for all decisions when neither decision is labelled less than half as often as the other.',
        unit: 'locale',
        noData: 'nothing counted yet',
      },
      { expr: `max(${samples('realised')})` },
      {
        expr: `(1 - min(${of('model:outcomes_identified')}) or 0 * max(${samples('realised')})) and on () max(${samples('realised')}) > 0`,
        words: { good: 'all decisions', unsure: 'one decision mostly' },
      },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('ModelOutcomesStopped'))]),
    stat(
      {
        title: 'Coverage',
        description:
          'Outcomes that count in the window as a share of the predictions that became old enough in it. It may exceed 100 % for a while when outcomes of earlier predictions come late. The word says whether there are enough of them to judge performance by.',
        unit: 'percentunit',
        noData: 'nothing due yet',
      },
      { expr: `max(${of('model:coverage')})` },
      {
        expr: `max(${samples('realised')} < bool ${minOutcomes})`,
        words: { good: 'enough to judge', unsure: 'too few to judge' },
      },
    ).decimals(0),
  ],
};
