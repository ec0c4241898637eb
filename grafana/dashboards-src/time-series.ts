import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { colours } from './language.ts';
import { type PanelText, prepare, type Query } from './panel.ts';

/** Lines over time. A legend that names labels may grow long, and so becomes a table with last and max. */
export function timeSeries(text: PanelText, queries: readonly Query[]): TimeSeries {
  const many = queries.some((query) => query.legend?.includes('{{')) || queries.length > 3;
  const legend = new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .placement(common.LegendPlacement.Bottom);
  return prepare(new TimeSeries(), text, queries)
    .height(8)
    .span(12)
    .axisSoftMin(0)
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

/** Draws the named series as one end of an interval; the upper one fills the space down to the lower, by its name. */
export function asIntervalEnd(colour: string, lower?: string): DynamicConfigValue[] {
  return [
    { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colour } },
    { id: 'custom.lineWidth', value: 0 },
    { id: 'custom.fillOpacity', value: lower === undefined ? 0 : 15 },
    ...(lower === undefined ? [] : [{ id: 'custom.fillBelowTo', value: lower }]),
    { id: 'custom.hideFrom', value: { viz: false, legend: true, tooltip: false } },
  ];
}

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
