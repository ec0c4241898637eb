import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  type DataTransformerConfig,
  type DynamicConfigValue,
  FieldColorModeId,
  MappingType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { binNames, colours, variable, verdicts, type Words } from './language.ts';
import { jaegerPages } from './links.ts';
import { atEnd, fixed, jaeger, type PanelText, plain, prepare, type Query } from './panel.ts';

/** A column of a table: the label it shows, or the letter of the query whose value it shows. */
export type Column = {
  readonly from: { readonly label: string } | { readonly query: string };
  readonly name: string;
  readonly look?: readonly DynamicConfigValue[];
  /** In pixels, for names that are longer than an equal share of the panel; the other columns share what is left. */
  readonly width?: number;
};

/** In which order rows stand, by the first column first, and how many of them are shown at most. */
export type Rows = {
  readonly order?: readonly { readonly by: Column['from']; readonly desc?: true }[];
  readonly first?: number | undefined;
};

/** Narrower than Grafana's 150 pixels, so that a table of ten numbers need not be scrolled. */
const leastWidth = 60;

/** One row for each value of `key`, with the columns given and no others; in the order of `key` unless told otherwise. */
export function table(
  text: PanelText,
  queries: readonly Query[],
  key: string,
  columns: readonly Column[],
  rows: Rows = {},
): Table {
  const panel = prepare(new Table(), text, atEnd(queries), PromQueryFormat.Table)
    .height(8)
    .span(24)
    .showHeader(true)
    .filterable(false)
    .minWidth(leastWidth)
    .colorScheme(fixed('text'))
    .transformations(joined(queries.length, key, columns, rows));
  for (const column of columns) {
    const width = column.width === undefined ? [] : [{ id: 'custom.width', value: column.width }];
    panel.overrideByName(column.name, [{ id: 'noValue', value: '–' }, ...width, ...lookOf(column)]);
  }
  return panel;
}

/** Counts by two labels at the end of the time range: one row for each value of the one, a column for each of the other. */
export function matrix(text: PanelText, query: Query, row: string, column: string): Table {
  return prepare(new Table(), text, atEnd([query]), PromQueryFormat.Table)
    .height(6)
    .span(6)
    .showHeader(true)
    .filterable(false)
    .minWidth(leastWidth)
    .colorScheme(fixed('text'))
    .transformations([
      ...sortedBy([column, row].map((field) => ({ field }))),
      { id: 'groupingToMatrix', options: { rowField: row, columnField: column, valueField: 'Value' } },
      { id: 'organize', options: { renameByName: { [`${row}\\${column}`]: ' ' } } },
    ]);
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
    .axisSoftMax(0.1)
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
  for (const column of columns) panel.overrideByName(column.name, lookOf(column));
  return panel;
}

/** Grafana takes a label such as the version `919545e71279` for a number, infinite here, unless its unit says otherwise. */
function lookOf({ from, look = [] }: Column): DynamicConfigValue[] {
  return 'label' in from ? [{ id: 'unit', value: 'string' }, ...look] : [...look];
}

/** How a column shows the labels of bins: as one would say them. */
export const binLabels: DynamicConfigValue[] = [{ id: 'mappings', value: binNames }];

/** How a column shows its numbers. */
export function number(unit: string, decimals: number): DynamicConfigValue[] {
  return [
    { id: 'unit', value: unit },
    { id: 'decimals', value: decimals },
  ];
}

/** How a column shows verdicts: as words in their colours. */
export function inWords(words: Words): DynamicConfigValue[] {
  return [
    { id: 'mappings', value: verdicts(words) },
    { id: 'color', value: { mode: 'thresholds' } },
    { id: 'thresholds', value: plain.build() },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
  ];
}

/** How a column shows words that come as labels: in the colour of each. */
export function inColours(byWord: Readonly<Record<string, string>>): DynamicConfigValue[] {
  const options = Object.entries(byWord).map(([text, color], index) => [text, { text, color, index }]);
  return [
    { id: 'mappings', value: [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }] },
    { id: 'color', value: { mode: 'thresholds' } },
    { id: 'thresholds', value: plain.build() },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
  ];
}

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

/** Brings the answers of several queries into one table by a shared label, orders its rows and names its columns. */
function joined(
  queries: number,
  key: string,
  columns: readonly Column[],
  { order = [{ by: { label: key } }], first }: Rows = {},
): DataTransformerConfig[] {
  const source = (from: Column['from']) => {
    if ('label' in from) return from.label;
    return queries > 1 ? `Value #${from.query}` : 'Value';
  };
  return [
    ...(queries > 1 ? [{ id: 'joinByField', options: { byField: key, mode: 'outer' } }] : []),
    ...sortedBy(order.map(({ by, desc }) => ({ field: source(by), ...(desc && { desc }) }))),
    ...(first === undefined ? [] : [{ id: 'limit', options: { limitField: first } }]),
    { id: 'filterFieldsByName', options: { include: { names: columns.map(({ from }) => source(from)) } } },
    {
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(columns.map(({ from }, i) => [source(from), i])),
        renameByName: Object.fromEntries(columns.map(({ from, name }) => [source(from), name])),
      },
    },
  ];
}

/** Grafana sorts by one field and keeps the order of what is equal: the first one to count is sorted by last. */
function sortedBy(fields: readonly { field: string; desc?: true }[]): DataTransformerConfig[] {
  return [...fields].reverse().map((field) => ({ id: 'sortBy', options: { fields: {}, sort: [field] } }));
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
