import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type * as common from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { variable } from './language.ts';

/** The data source every query asks, chosen at the top of the dashboard. */
export const prometheus = { type: 'prometheus', uid: variable('datasource') } as const;

/** What stands beside a picture; no panel can be made without it. */
export type PanelText = {
  readonly title: string;
  /** How to read it, and what would be wrong. */
  readonly description: string;
  readonly unit: string;
  /** What it means when there is nothing to show. */
  readonly noData: string;
};

/** One query over the time range, or with `at: 'end'` one of its end alone. */
export type Query = {
  readonly expr: string;
  readonly legend?: string;
  readonly at?: 'end';
  readonly exemplars?: true;
};

/** What every panel builder of the SDK can do; its number comes with its place in the dashboard. */
export type PanelBuilder = Builder<Panel> & {
  id(id: number): unknown;
  span(columns: number): unknown;
  height(rows: number): unknown;
  title(text: string): unknown;
  description(text: string): unknown;
  unit(unit: string): unknown;
  noValue(text: string): unknown;
  datasource(source: common.DataSourceRef): unknown;
  targets(queries: Builder<Dataquery>[]): unknown;
};

/** Gives a panel its words and its queries. */
export function prepare<B extends PanelBuilder>(
  builder: B,
  text: PanelText,
  queries: readonly Query[],
  format = PromQueryFormat.TimeSeries,
): B {
  builder.title(text.title);
  builder.description(text.description);
  builder.unit(text.unit);
  builder.noValue(text.noData);
  builder.datasource(prometheus);
  builder.targets(queries.map((query, i) => target(query, String.fromCharCode(65 + i), format)));
  return builder;
}

/** Asks for the end of the time range alone: what is shown once is shown as it is now, and nothing is shown when it is gone. */
export function atEnd(queries: readonly Query[]): Query[] {
  return queries.map((query) => ({ ...query, at: 'end' }));
}

function target(query: Query, refId: string, format: PromQueryFormat): DataqueryBuilder {
  const builder = new DataqueryBuilder().refId(refId).datasource(prometheus).expr(query.expr).format(format);
  if (query.legend !== undefined) builder.legendFormat(query.legend);
  if (query.exemplars) builder.exemplar(true);
  return query.at === 'end' ? builder.instant() : builder.range();
}

/** The data source of the traces, as provisioned. */
export const jaeger = { type: 'jaeger', uid: 'jaeger' } as const;

/** No verdict by a number's size: only words carry the verdict's colour. */
export const plain = new ThresholdsConfigBuilder()
  .mode(ThresholdsMode.Absolute)
  .steps([{ value: null, color: 'text' }]);

export const fixed = (colour: string) =>
  new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(colour);
