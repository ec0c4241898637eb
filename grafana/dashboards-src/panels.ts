import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  type DataTransformerConfig,
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PanelBuilder as Heatmap,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { colours, variable, verdicts, type Words } from './language.ts';
import { jaegerPages } from './links.ts';

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

/** What every panel builder of the SDK can do. */
type CommonBuilder = Builder<Panel> & {
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

/** A panel that has all but its number, which its place in the dashboard gives it. */
export type PanelBuilder = CommonBuilder;

function prepare<B extends CommonBuilder>(
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

function target(query: Query, refId: string, format: PromQueryFormat): DataqueryBuilder {
  const builder = new DataqueryBuilder().refId(refId).datasource(prometheus).expr(query.expr).format(format);
  if (query.legend !== undefined) builder.legendFormat(query.legend);
  if (query.exemplars) builder.exemplar(true);
  return query.at === 'end' ? builder.instant() : builder.range();
}

/** The data source of the traces, as provisioned. */
export const jaeger = { type: 'jaeger', uid: 'jaeger' } as const;

/** No verdict by a number's size: only words carry the verdict's colour. */
const plain = new ThresholdsConfigBuilder()
  .mode(ThresholdsMode.Absolute)
  .steps([{ value: null, color: 'text' }]);

export const fixed = (colour: string) =>
  new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(colour);

/** A number with its sparkline and, beneath it, what it means in a word. */
export function stat(text: PanelText, value: Query, verdict?: Query & { readonly words: Words }): Stat {
  const panel = prepare(new Stat(), text, verdict ? [value, verdict] : [value])
    .height(5)
    .span(4)
    .graphMode(common.BigValueGraphMode.Area)
    .colorMode(common.BigValueColorMode.Value)
    .textMode(common.BigValueTextMode.Value)
    .orientation(common.VizOrientation.Horizontal)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorScheme(fixed(colours.live));
  if (verdict) {
    panel.overrideByQuery('B', [
      { id: 'mappings', value: verdicts(verdict.words) },
      { id: 'unit', value: 'none' },
      { id: 'color', value: { mode: FieldColorModeId.Thresholds } },
      { id: 'thresholds', value: plain.build() },
    ]);
  }
  return panel;
}

/** Shows the name of the one thing that the query found beside its value; what it was before has no name here. */
export function named(panel: Stat): Stat {
  return panel.textMode(common.BigValueTextMode.ValueAndName).graphMode(common.BigValueGraphMode.None);
}

/** A verdict alone: one word in its colour. */
export function verdictStat(text: Omit<PanelText, 'unit'>, query: Query, words: Words): Stat {
  return stat({ ...text, unit: 'none' }, query)
    .mappings(verdicts(words))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(plain)
    .colorMode(common.BigValueColorMode.Background);
}

/** Lines over time. A legend that names labels may grow long, and so becomes a table with last and max. */
export function timeSeries(text: PanelText, queries: readonly Query[]): TimeSeries {
  const many = queries.some((query) => query.legend?.includes('{{')) || queries.length > 3;
  const legend = new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .placement(common.LegendPlacement.Bottom);
  return prepare(new TimeSeries(), text, queries)
    .height(8)
    .span(12)
    .min(0)
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(common.VisibilityMode.Never)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .legend(
      many
        ? legend
            .displayMode(common.LegendDisplayMode.Table)
            .calcs(['lastNotNull', 'max'])
            .sortBy('Last *')
            .sortDesc(true)
        : legend.displayMode(common.LegendDisplayMode.List),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
}

/** Draws the named series as a dashed line in one colour: a limit beside what it limits. */
export function asLimit(colour: string = colours.limit): DynamicConfigValue[] {
  return [
    { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colour } },
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
    { id: 'custom.fillOpacity', value: 0 },
    { id: 'custom.lineWidth', value: 1 },
  ];
}

/** Draws the named series as live traffic: orange and filled. */
export const asLive: DynamicConfigValue[] = [
  { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colours.live } },
  { id: 'custom.fillOpacity', value: 15 },
];

/** Draws the named series as the reference: a thin grey-blue line. */
export const asReference: DynamicConfigValue[] = [
  { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colours.reference } },
  { id: 'custom.lineWidth', value: 1 },
];

/** Draws a limit that never moves across the panel. */
export function limitLine(panel: TimeSeries, value: number): TimeSeries {
  return panel
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
        { value: null, color: 'transparent' },
        { value, color: colours.limit },
      ]),
    )
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
}

/** Counts that add up, one on top of the other. */
export function stacked(panel: TimeSeries): TimeSeries {
  return panel
    .fillOpacity(40)
    .lineWidth(1)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
}

/** One bar of words over time for each thing judged. */
export function verdictTimeline(text: Omit<PanelText, 'unit'>, query: Query, words: Words): StateTimeline {
  return prepare(new StateTimeline(), { ...text, unit: 'none' }, [query])
    .height(8)
    .span(24)
    .mappings(verdicts(words))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(plain)
    .mergeValues(true)
    .rowHeight(0.8)
    .showValue(common.VisibilityMode.Auto)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    );
}

/** A column of a table: the label it shows, or the letter of the query whose value it shows. */
export type Column = {
  readonly from: { readonly label: string } | { readonly query: string };
  readonly name: string;
  readonly look?: readonly DynamicConfigValue[];
};

/** One row for each value of `key`, with the columns given and no others. */
export function table(
  text: PanelText,
  queries: readonly Query[],
  key: string,
  columns: readonly Column[],
): Table {
  const panel = prepare(new Table(), text, atEnd(queries), PromQueryFormat.Table)
    .height(8)
    .span(24)
    .showHeader(true)
    .filterable(false)
    .colorScheme(fixed('text'))
    .transformations(joined(queries.length, key, columns));
  for (const { name, look = [] } of columns)
    panel.overrideByName(name, [{ id: 'noValue', value: '–' }, ...look]);
  return panel;
}

/** Bars of two or more distributions side by side, one group for each value of `key`, in the order of its text. */
export function bars(
  text: PanelText,
  queries: readonly Query[],
  key: string,
  columns: readonly Column[],
): BarChart {
  const panel = prepare(new BarChart(), text, atEnd(queries), PromQueryFormat.Table)
    .height(10)
    .span(16)
    .min(0)
    .xField(columns[0].name)
    .orientation(common.VizOrientation.Auto)
    .groupWidth(0.8)
    .barWidth(0.95)
    .showValue(common.VisibilityMode.Auto)
    .xTickLabelRotation(-30)
    .xTickLabelMaxLength(24)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.None),
    )
    .transformations(joined(queries.length, key, columns));
  for (const column of columns) if (column.look) panel.overrideByName(column.name, [...column.look]);
  return panel;
}

/** How a column shows its numbers. */
export function number(unit: string, decimals: number): DynamicConfigValue[] {
  return [
    { id: 'unit', value: unit },
    { id: 'decimals', value: decimals },
  ];
}

/** Sorts a table by a column, the greatest first. */
export const descending = (column: string) =>
  new common.TableSortByFieldStateBuilder().displayName(column).desc(true);

const atEnd = (queries: readonly Query[]): Query[] => queries.map((query) => ({ ...query, at: 'end' }));

/** Bars as the reference (an outline) and as live traffic (filled). */
export const referenceBars: DynamicConfigValue[] = [
  { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colours.reference } },
  { id: 'custom.fillOpacity', value: 20 },
  { id: 'custom.lineWidth', value: 2 },
];
export const liveBars: DynamicConfigValue[] = [
  { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colours.live } },
  { id: 'custom.fillOpacity', value: 85 },
  { id: 'custom.lineWidth', value: 0 },
];

/** Brings the answers of several queries into one table by a shared label, names its columns and orders them. */
function joined(queries: number, key: string, columns: readonly Column[]): DataTransformerConfig[] {
  const source = (column: Column) => {
    if ('label' in column.from) return column.from.label;
    return queries > 1 ? `Value #${column.from.query}` : 'Value';
  };
  return [
    ...(queries > 1 ? [{ id: 'joinByField', options: { byField: key, mode: 'outer' } }] : []),
    { id: 'filterFieldsByName', options: { include: { names: columns.map(source) } } },
    { id: 'sortBy', options: { fields: {}, sort: [{ field: key }] } },
    {
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(columns.map((column, i) => [source(column), i])),
        renameByName: Object.fromEntries(columns.map((column) => [source(column), column.name])),
      },
    },
  ];
}

/** Shares over time by bin, darker orange where more values fall. */
export function heatmap(text: PanelText, query: Query): Heatmap {
  return heatmapOf(text, query, PromQueryFormat.TimeSeries);
}

/** Counts over time by the buckets of a histogram, whose edges have the unit given. */
export function bucketHeatmap(text: PanelText, query: Query): Heatmap {
  return heatmapOf(text, query, PromQueryFormat.Heatmap).yAxis(
    new YAxisConfigBuilder().axisPlacement(common.AxisPlacement.Left).unit(text.unit),
  );
}

function heatmapOf(text: PanelText, query: Query, format: PromQueryFormat): Heatmap {
  return prepare(new Heatmap(), text, [query], format)
    .height(10)
    .span(12)
    .calculate(false)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Opacity)
        .fill(colours.live)
        .exponent(0.5)
        .steps(64),
    )
    .yAxis(new YAxisConfigBuilder().axisPlacement(common.AxisPlacement.Left))
    .cellGap(1)
    .showValue(common.VisibilityMode.Never)
    .showLegend();
}

/** The traces of a service that Jaeger holds of the time range. */
export function tracesTable(text: PanelText, service: string): Table {
  const query = { refId: 'A', datasource: jaeger, queryType: 'search', service, limit: 20 };
  return prepare(new Table(), text, [])
    .datasource(jaeger)
    .targets([{ build: () => ({ ...query, _implementsDataqueryVariant: () => {} }) }])
    .height(8)
    .span(24)
    .colorScheme(fixed('text'))
    .overrideByName('Trace ID', [
      {
        id: 'links',
        value: [
          {
            title: 'Open the trace',
            url: `${jaegerPages}/trace/${variable('__value.raw')}`,
            targetBlank: true,
          },
        ],
      },
    ]);
}
