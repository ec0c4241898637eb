import { scoreFeature } from '../../../src/model/artifact-schema.ts';
import { dashboards } from '../../../src/rules/dashboard-links.ts';
import { driftRule } from '../../../src/stats/drift.ts';
import type { Row } from '../compose.ts';
import { driftWords } from '../language.ts';
import { asPanelLink, toDashboard, toRunbook } from '../links.ts';
import { approvedLately, approvedUsually, of, version } from '../model-queries.ts';
import { named, stat, verdictStat } from '../verdict-panels.ts';
import { furthest, seriesFeature, verdict } from './queries.ts';

const performance = toDashboard(dashboards.performance, 'What came of the answers', [
  'datasource',
  'model',
  'version',
]);

/** How many predictions the last ten minutes hold. */
const lately = `max(model_feature:observations:increase{${version},window="10m",feature="${scoreFeature}"})`;
/** By which the share of those approved may differ from that of the day without anybody having to ask why. */
const usual = `clamp_min(4 * sqrt(${approvedUsually} * (1 - ${approvedUsually}) / (${lately} > 0)), 0.1)`;
const nobody = `(${approvedLately} == 0 and ${lately} >= 30)`;
const fewer = `(${approvedUsually} - ${approvedLately} > ${usual})`;
const more = `(${approvedLately} - ${approvedUsually} > ${usual})`;

export const glance: Row = {
  question: 'Does the model still see what it was trained on?',
  panels: [
    verdictStat(
      {
        title: 'Verdict',
        description: `The worst verdict of all features and the score over the chosen window. Drifting: PSI is above ${driftRule.minPsi} and above what chance explains. Moved: changed for certain, but not known to be drifting; no alert. Undetermined: too few requests to tell a shift that matters from chance. Stable: none of these.`,
        noData: 'no verdict yet',
      },
      { expr: `max(${of('model_feature_window:verdict')})` },
      driftWords,
    ).links([asPanelLink(toRunbook('ModelFeatureDrift')), asPanelLink(performance)]),
    stat(
      {
        title: 'Features drifting',
        description:
          'How many features, the score included, are drifting over the chosen window; the table below names them. If one drifts, look at that feature; several at once mostly have one cause upstream.',
        unit: 'none',
        noData: 'no verdict yet',
      },
      { expr: `count(${verdict} == 3) or 0 * count(${verdict})` },
      {
        expr: `2 * clamp_max(count(${verdict} == 3), 1) or 0 * count(${verdict})`,
        words: { good: 'none', bad: 'look below' },
      },
    ).decimals(0),
    named(
      stat(
        {
          title: 'Moved furthest',
          description: `The feature whose PSI is the largest multiple of its threshold, which is ${driftRule.minPsi} or the noise ceiling, whichever is more. Above 1 it is drifting.`,
          unit: 'suffix:× threshold',
          noData: 'no request',
        },
        { expr: furthest, legend: '{{feature}}' },
      ),
    )
      .decimals(2)
      .dataLinks([asPanelLink(seriesFeature)]),
    stat(
      {
        title: 'Requests compared',
        description:
          'Requests in the chosen window, all replicas together: what the verdicts rest on. The fewer, the higher the noise ceiling.',
        unit: 'locale',
        noData: 'no request',
      },
      { expr: `max(${of('model_feature:observations:increase')})` },
      {
        expr: `max(${of('model_feature_window:verdict')} == bool 1)`,
        words: { good: 'enough to judge', unsure: 'too few to judge' },
      },
    ).decimals(0),
    stat(
      {
        title: 'Approved, last 10 minutes',
        description:
          'Share of predictions over the last ten minutes that are not the positive class, of which the model warns. The word compares it with the last 24 hours: a difference of more than 10 percentage points and four standard errors is named. It moves with the population, the model or both; the rows below say which.',
        unit: 'percentunit',
        noData: 'no prediction',
      },
      { expr: `${approvedLately} and ${lately} > 0` },
      {
        expr: `0 * ${nobody} + 3 or 0 * ${more} + 2 or 0 * ${fewer} + 1 or 0 * (${approvedLately} + ${usual})`,
        words: { good: 'as usual', unsure: 'fewer than usual', moved: 'more than usual', bad: 'nobody' },
      },
    ).decimals(1),
    stat(
      {
        title: 'Rejected inputs',
        description:
          'Share of requests over the chosen window that were rejected because of their input and so never scored. Rejected requests are missing from every other figure here.',
        unit: 'percentunit',
        noData: 'no request',
      },
      { expr: `max(${of('model:refused_ratio')})` },
    )
      .decimals(2)
      .links([asPanelLink(toRunbook('ModelInputsRefused'))]),
  ],
};
