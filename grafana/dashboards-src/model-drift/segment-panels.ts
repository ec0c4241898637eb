import { dashboards } from '../../../src/rules/dashboard-links.ts';
import { driftRule } from '../../../src/stats/drift.ts';
import type { Row } from '../compose.ts';
import { driftWords, variable } from '../language.ts';
import { asPanelLink, toDashboard, toRunbook } from '../links.ts';
import { version as versionSelector } from '../model-queries.ts';
import { mostSeries } from '../panel-expressions.ts';
import { binLabels, inWords, number, table } from '../tables.ts';
import { asThreshold, multiplying, timeSeries } from '../time-series.ts';

/** A segment is the rows of one value of a feature: both name it. */
const bySegment = 'segment_feature, segment';
const key = 'where';
/** One label for both, as a table joins by one. */
const named = (expr: string) => `label_join(${expr}, "${key}", " ", "segment_feature", "segment")`;

const selected = (more = '') => `{${[versionSelector, ...(more ? [more] : [])].join(',')}}`;
const timesThreshold = (more = '') =>
  `model_segment:psi${selected(more)} / clamp_min(model_segment:psi_noise_ceiling, ${driftRule.minPsi})`;
const opened = 'segment_feature="$segment_feature",segment="$segment"';
/** The one row of a segment that has moved furthest, of all features and both windows. */
const furthest = `topk by (${bySegment}) (1, max by (${bySegment}, feature) (${timesThreshold()}))`;
const worstOf = (expr: string) => `max by (${key}) (${named(expr)})`;
const none = 'this version names no segments, or none of them has had a request';

export const segments: Row = {
  question: 'Which segments drifted?',
  panels: [
    table(
      {
        title: 'Segments by the feature that moved furthest',
        description: `The eight segments to look at first. A segment is the rows with one value of a feature, each compared with the same rows of the reference, over 24 hours or 7 days, whichever shows more. Furthest: the feature whose PSI is the largest multiple of its threshold; above 1 it drifts in the segment. This verdict does not use the rank trend. Requests are those of the last 7 days. A click on a segment opens it beside.`,
        unit: 'none',
        noData: none,
      },
      [
        { expr: named(furthest) },
        { expr: worstOf(`model_segment_window:verdict${selected()}`) },
        { expr: worstOf(`model_segment:observations:increase${selected('window="7d"')}`) },
      ],
      key,
      [
        { from: { label: 'segment_feature' }, name: 'Where' },
        {
          from: { label: 'segment' },
          name: 'Is',
          look: [
            ...binLabels,
            {
              id: 'links',
              value: [
                toDashboard(
                  dashboards.drift,
                  'Open this segment',
                  ['datasource', 'model', 'version', 'window', 'feature'],
                  `var-segment_feature=${variable('__data.fields.Where:percentencode')}&var-segment=${variable('__value.raw:percentencode')}`,
                ),
              ],
            },
          ],
        },
        {
          from: { query: 'B' },
          name: 'Verdict',
          look: inWords(driftWords),
        },
        { from: { label: 'feature' }, name: 'Furthest' },
        { from: { query: 'A' }, name: 'Of threshold', look: number('suffix:×', 2) },
        { from: { query: 'C' }, name: 'Requests', look: number('locale', 0) },
      ],
      { order: ['B', 'A'].map((query) => ({ by: { query }, desc: true })), first: 8 },
    )
      .height(10)
      .span(12)
      .links([asPanelLink(toRunbook('ModelSegmentDrift'))]),
    multiplying(
      timeSeries(
        {
          title: 'PSI where $segment_feature $segment',
          description: `Population stability index of each feature within the chosen segment, as a multiple of its threshold: the larger of 24 hours and 7 days. Above the line at 1 it drifts in the segment. The axis doubles from 1 on. Of more than ${mostSeries} features, those that moved furthest.`,
          unit: 'suffix:×',
          noData: none,
        },
        [
          {
            expr: `max by (feature) (${timesThreshold(opened)}) and on (feature) topk(${mostSeries}, max by (feature) (model_segment:psi${selected(opened)} @ end()))`,
            legend: '{{feature}}',
          },
          { expr: `1 + 0 * max(${timesThreshold(opened)})`, legend: 'threshold' },
        ],
      )
        .height(10)
        .overrideByQuery('B', asThreshold()),
      2,
    ),
  ],
};
