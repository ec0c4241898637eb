import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { prometheus } from './panel.ts';

/** The Prometheus to ask. */
export const datasource: Builder<VariableModel> = new DatasourceVariableBuilder('datasource')
  .label('Data source')
  .description('The Prometheus to ask.')
  .type('prometheus')
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

/** Every feature and the score, the one that moved furthest first: what is looked at unless someone chooses. */
export const feature: Builder<VariableModel> = listed(
  'feature',
  'Feature',
  'sort_desc(max by (feature) (model_feature:psi{model="$model",version="$version",window="$window"}) ' +
    'or 0 * max by (feature) (model_feature_reference_samples{model="$model",version="$version"}))',
).description('The feature to open, or (score); the one that moved furthest stands first.');

/** The windows that the recording rules keep. */
export const window: Builder<VariableModel> = new CustomVariableBuilder('window')
  .label('Window')
  .description(
    'How much traffic is compared with the reference: 24h and 7d decide tickets, 1h and 10m show it sooner.',
  )
  .values('10m,1h,24h,7d')
  .current({ text: '1h', value: '1h' })
  .options(['10m', '1h', '24h', '7d'].map((value) => ({ selected: value === '1h', text: value, value })));

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
