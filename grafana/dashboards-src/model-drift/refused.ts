import type { Row } from '../compose.ts';
import { asPanelLink, toRunbook, toTraces } from '../links.ts';
import { version as versionSelector } from '../model-queries.ts';
import { noneBelow } from '../panel-expressions.ts';
import { stacked, timeSeries } from '../time-series.ts';
import { withAny } from './queries.ts';

const faults = `sum by (feature, reason) (rate(model_input_rejected_total{${versionSelector}}[$__rate_interval]))`;
const failures = `sum by (reason) (rate(model_predict_failures_total{${versionSelector}}[$__rate_interval]))`;
const refusals = `sum(rate(model_inputs_refused_total{${versionSelector}}[$__rate_interval]))`;

export const refused: Row = {
  question: 'What was missing, unseen, rejected or failed?',
  panels: [
    timeSeries(
      {
        title: 'Missing and unseen values',
        description:
          'Share of requests over the chosen window in which the value was missing, or a category that the reference lacks. Both are bins of their own in the PSI, which small shares hardly move: these have alerts of their own. Features without any in this time are not drawn.',
        unit: 'percentunit',
        noData: 'none: no value was missing or unseen, or there was no request',
      },
      [
        { expr: withAny('model_feature:missing_ratio'), legend: '{{feature}} missing' },
        { expr: withAny('model_feature:unseen_ratio'), legend: '{{feature}} unseen' },
      ],
      8,
    ).links([asPanelLink(toRunbook('ModelFeatureMissing')), asPanelLink(toRunbook('ModelFeatureUnseen'))]),
    timeSeries(
      {
        title: 'Values outside the range of the reference',
        description:
          'Share of requests over the chosen window whose value lies below the least or above the greatest of the reference, where the model extrapolates. They count in the outermost bins as well, and in the PSI only there: a few of them have an alert of their own. Features without any in this time are not drawn.',
        unit: 'percentunit',
        noData: 'none: no value lay outside the range, or there was no request',
      },
      [{ expr: withAny('model_feature:outside_range_ratio'), legend: '{{feature}}' }],
      8,
    ).links([asPanelLink(toRunbook('ModelFeatureOutsideRange'))]),
    stacked(
      timeSeries(
        {
          title: 'Faults in rejected inputs',
          description:
            'Faults a second by field and reason; one rejected request may have several. A field that is suddenly rejected in every request points to a changed caller.',
          unit: 'suffix:faults/s',
          noData: 'no request in this time',
        },
        [
          {
            expr: noneBelow(faults, refusals, 'reason'),
            legend: '{{feature}} {{reason}}',
          },
        ],
        8,
      ),
    ).links([
      asPanelLink(toRunbook('ModelInputsRefused')),
      asPanelLink(toTraces({ 'http.response.status_code': '422' })),
    ]),
    stacked(
      timeSeries(
        {
          title: 'Predictions that failed',
          description:
            'Rows a second that the model could not predict, by reason. Only of models that another server, or another file, computes: nothing else was counted of these rows.',
          unit: 'rowsps',
          noData: 'the model is watched only, or no replica is scraped',
        },
        [
          {
            expr: noneBelow(failures, `sum(${failures})`, 'reason'),
            legend: '{{reason}}',
          },
        ],
        24,
      ),
    ).links([asPanelLink(toRunbook('ModelPredictFailing'))]),
  ],
};
