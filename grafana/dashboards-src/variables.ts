import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { scoreFeature } from '../../src/model/artifact-schema.ts';
import { figureNames } from './language.ts';
import { prometheus } from './panel.ts';

/** The Prometheus to ask. */
export const datasource: Builder<VariableModel> = new DatasourceVariableBuilder('datasource')
  .label('Data source')
  .description('The Prometheus to ask.')
  .type('prometheus')
  .hide(VariableHide.HideLabel)
  .current({ text: 'Prometheus', value: 'prometheus' });

export const model: Builder<VariableModel> = query('model', 'Model', 'label_values(model_info, model)')
  .description('The model that is watched.')
  .sort(VariableSort.AlphabeticalAsc);

/** The versions that answered within the time range, the one seen last first. */
export const version: Builder<VariableModel> = listed(
  'version',
  'Version',
  'sort_desc(max by (version) (max_over_time(timestamp(model_info{model="$model"})[$__range:1m])))',
).description('A version of the model that answered within the time range; the latest stands first.');

/**
 * Every feature and the score, the feature that moved furthest first: what is looked at unless someone chooses. The
 * score comes last, for it moves with any feature and has panels of its own.
 */
export const feature: Builder<VariableModel> = listed(
  'feature',
  'Feature',
  `sort_desc(max by (feature) (model_feature:psi{model="$model",version="$version",window="$window",feature!="${scoreFeature}"}) ` +
    `or 0 * max by (feature) (model_feature_reference_samples{model="$model",version="$version",feature!="${scoreFeature}"}) ` +
    `or 0 * max by (feature) (model_feature_reference_samples{model="$model",version="$version",feature="${scoreFeature}"}) - 1)`,
).description('The feature to open, or (score); the one that moved furthest stands first.');

/** The features that cut rows into segments, of a model that names any. */
export const segmentFeature: Builder<VariableModel> = query(
  'segment_feature',
  'Segments of',
  'label_values(model_segment_reference_samples{model="$model",version="$version"}, segment_feature)',
)
  .description('A feature whose values cut the rows into segments; empty for a model that names none.')
  .sort(VariableSort.AlphabeticalAsc);

/** The segments of that feature, the one in which any feature moved furthest first. */
export const segment: Builder<VariableModel> = listed(
  'segment',
  'Segment',
  'sort_desc(max by (segment) (model_segment:psi{model="$model",version="$version",segment_feature="$segment_feature"}) ' +
    'or 0 * max by (segment) (model_segment_reference_samples{model="$model",version="$version",segment_feature="$segment_feature"}))',
).description('The segment to open; the one with the largest PSI stands first.');

/** The windows that the recording rules keep, for drift: an hour shows it soon. */
export const window = windowOf(
  '1h',
  'How much traffic is compared with the reference: 24h and 7d decide alerts, 1h and 10m show it sooner.',
);

/** The same for outcomes, which come in batches: a day holds some, an hour may not. */
export const outcomeWindow = windowOf(
  '24h',
  'Over how long outcomes and predictions are counted: 24h and 7d decide alerts, 1h and 10m show what just came.',
);

/** The figures of performance; the first is looked at unless someone chooses. */
export const metric: Builder<VariableModel> = choice('metric', 'Figure', figureNames, 'accuracy').description(
  'The figure to open.',
);

/** The features by whose bins decisions are counted. */
export const protectedFeature: Builder<VariableModel> = query(
  'protected',
  'Groups by',
  'label_values(model_feature_bin_predictions_total{model="$model",version="$version"}, feature)',
)
  .description('A feature that the model calls protected: whether its groups are treated alike.')
  .sort(VariableSort.AlphabeticalAsc);

/** Replicas of the service, all of them unless chosen. */
export const instance: Builder<VariableModel> = query(
  'instance',
  'Replica',
  'label_values(up{job="vigia"}, instance)',
)
  .description('Replicas of the service.')
  .sort(VariableSort.NaturalAsc)
  .multi(true)
  .includeAll(true)
  .current({ text: 'All', value: '$__all' });

function windowOf(first: string, description: string): Builder<VariableModel> {
  const windows = Object.fromEntries(['10m', '1h', '24h', '7d'].map((window) => [window, window]));
  return choice('window', 'Window', windows, first).description(description);
}

/** One of some values that never change, each with the text that is shown for it. */
function choice(
  name: string,
  label: string,
  texts: Readonly<Record<string, string>>,
  first: string,
): CustomVariableBuilder {
  const entries = Object.entries(texts);
  return new CustomVariableBuilder(name)
    .label(label)
    .values(entries.map(([value, text]) => (text === value ? value : `${text} : ${value}`)).join(','))
    .current({ text: texts[first], value: first })
    .options(entries.map(([value, text]) => ({ selected: value === first, text, value })));
}

function query(name: string, label: string, text: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(prometheus)
    .query({ query: text, refId: name })
    .definition(text)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(false)
    .includeAll(false);
}

/** The values of label `name` in the order in which the expression gives them. */
function listed(name: string, label: string, expr: string): QueryVariableBuilder {
  return query(name, label, `query_result(${expr})`).regex(`/${name}="([^"]*)"/`).sort(VariableSort.Disabled);
}
