import { dashboards } from '../../../otel/prometheus/generator/dashboard-links.ts';
import { driftRule } from '../../../src/stats/drift.ts';
import type { Row } from '../compose.ts';
import { driftWords } from '../language.ts';
import { asPanelLink, toDashboard, toRunbook } from '../links.ts';
import { approvedRatio, of } from '../model-queries.ts';
import { named, stat, verdictStat } from '../verdict-panels.ts';
import { seriesFeature, timesLimit, verdict } from './queries.ts';

const performance = toDashboard(dashboards.performance, 'What came of the answers', [
  'datasource',
  'model',
  'version',
]);

export const glance: Row = {
  question: 'Does the model still see what it was trained on?',
  panels: [
    verdictStat(
      {
        title: 'Verdict',
        description: `The worst verdict of all features and the score over the chosen window. Drifting: PSI is above ${driftRule.minPsi} and above what chance explains. Moved: changed for certain, but not known to be drifting; no alert. Undetermined: too few requests to tell a shift that matters from chance. Stable: none of these.`,
        noData: 'no verdict yet: nothing was recorded for this version',
      },
      { expr: `max(${of('model_feature_window:verdict')})` },
      driftWords,
    ).links([asPanelLink(toRunbook('ModelFeatureDrift')), asPanelLink(performance)]),
    stat(
      {
        title: 'Features drifting',
        description:
          'How many features, the score included, are drifting over the chosen window. One is a question about that feature; several at once mostly have one cause upstream.',
        unit: 'none',
        noData: 'no verdict yet: nothing was recorded for this version',
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
          description: `The feature whose PSI is the largest multiple of its limit, which is ${driftRule.minPsi} or the noise ceiling, whichever is more. Above 1 it is drifting.`,
          unit: 'suffix: × limit',
          noData: 'no PSI yet: no request in the window',
        },
        { expr: `topk(1, ${timesLimit})`, legend: '{{feature}}', at: 'end' },
      ),
    )
      .decimals(2)
      .dataLinks([asPanelLink(seriesFeature)]),
    stat(
      {
        title: 'Requests compared',
        description:
          'Requests in the chosen window, all replicas together: what the verdicts rest on. The fewer, the higher the noise ceiling.',
        unit: 'short',
        noData: 'no request counted yet',
      },
      { expr: `max(${of('model_feature:observations:increase')})` },
      {
        expr: `max(${of('model_feature_window:verdict')} == bool 1)`,
        words: { good: 'enough to judge', unsure: 'too few for a verdict' },
      },
    ).decimals(0),
    stat(
      {
        title: 'Approved',
        description:
          'Share of predictions over the chosen window that are not the class the model warns of. It moves with the population, the model or both; the rows below say which.',
        unit: 'percentunit',
        noData: 'no prediction in the window',
      },
      { expr: approvedRatio },
    ).decimals(1),
    stat(
      {
        title: 'Refused inputs',
        description:
          'Share of requests over the chosen window that were refused for their input and so never scored. Who is refused is missing from every other figure here.',
        unit: 'percentunit',
        noData: 'no request in the window',
      },
      { expr: `max(${of('model:refused_ratio')})` },
    )
      .decimals(2)
      .links([asPanelLink(toRunbook('ModelInputsRefused'))]),
  ],
};
