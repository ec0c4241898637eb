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

/** As far as an axis reaches at least, by unit, so that a flat line at 0 does not lie on an axis up to 10,000 %. */
const leastTop: Readonly<Record<string, number>> = { percentunit: 0.01, s: 0.001, reqps: 0.1, rowsps: 0.1 };

/**
 * Lines over time. A legend that names labels may grow long, and so becomes a table at the right, with the last value
 * and, where there is room, the greatest.
 */
export function timeSeries(
  text: PanelText,
  queries: readonly Query[],
  columns: 8 | 12 | 24 = 12,
): TimeSeries {
  const many = queries.some((query) => query.legend?.includes('{{')) || queries.length > 3;
  const legend = new common.VizLegendOptionsBuilder().showLegend(true);
  const panel = prepare(new TimeSeries(), text, queries)
    .height(8)
    .span(columns)
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(common.VisibilityMode.Never)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(
      many
        ? legend
            .placement(common.LegendPlacement.Right)
            .displayMode(common.LegendDisplayMode.Table)
            .calcs(columns === 24 ? ['lastNotNull', 'max'] : ['lastNotNull'])
            .sortBy('Last *')
            .sortDesc(true)
        : legend.placement(common.LegendPlacement.Bottom).displayMode(common.LegendDisplayMode.List),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
  // what has no unit has no natural zero: such an axis shows what there is
  return text.unit === 'none' ? panel : panel.axisSoftMin(0).axisSoftMax(leastTop[text.unit] ?? 1);
}

/** Draws the named series as a dashed line in one colour: a threshold beside what it is compared with. */
export function asThreshold(colour: string = colours.threshold): DynamicConfigValue[] {
  return [
    inColour(colour),
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
    { id: 'custom.fillOpacity', value: 0 },
    { id: 'custom.lineWidth', value: 1 },
  ];
}

/** Draws the named series as live traffic: orange and filled. */
export const asLive: DynamicConfigValue[] = [inColour(colours.live), { id: 'custom.fillOpacity', value: 15 }];

/** Draws the named series as the reference: a thin grey-blue line. */
export const asReference: DynamicConfigValue[] = [
  inColour(colours.reference),
  { id: 'custom.lineWidth', value: 1 },
];

/** Draws the named series as one end of an interval; the upper one fills the space down to the lower, by its name. */
export function asIntervalEnd(colour: string, lower?: string): DynamicConfigValue[] {
  return [
    inColour(colour),
    { id: 'custom.lineWidth', value: 0 },
    { id: 'custom.fillOpacity', value: lower === undefined ? 0 : 15 },
    ...(lower === undefined ? [] : [{ id: 'custom.fillBelowTo', value: lower }]),
    { id: 'custom.hideFrom', value: { viz: false, legend: true, tooltip: false } },
  ];
}

/** Draws a threshold that never moves across the panel. */
export function thresholdLine(panel: TimeSeries, value: number): TimeSeries {
  return panel
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
        { value: null, color: 'transparent' },
        { value, color: colours.threshold },
      ]),
    )
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
}

/**
 * An axis on which what lies near 0 and large multiples can both be seen: linear up to `from`, and from there on each
 * step is `factor` times the one before. Such an axis knows no least range: draw the threshold as a series.
 */
export function multiplying(panel: TimeSeries, factor: 2 | 10, from = 1): TimeSeries {
  return panel
    .min(0)
    .scaleDistribution(
      new common.ScaleDistributionConfigBuilder()
        .type(common.ScaleDistribution.Symlog)
        .log(factor)
        .linearThreshold(from),
    );
}

/** One colour, whatever the place of the series in the order. */
export function inColour(fixedColor: string): DynamicConfigValue {
  return { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } };
}

/** Gives known series a colour of their own by their names; all others take theirs by order. */
export function coloured(panel: TimeSeries, byName: Readonly<Record<string, string>>): TimeSeries {
  for (const [name, fixedColor] of Object.entries(byName)) {
    panel.overrideByName(name, [inColour(fixedColor)]);
  }
  return panel;
}

/** Counts that add up, one on top of the other. */
export function stacked(panel: TimeSeries): TimeSeries {
  return panel
    .fillOpacity(40)
    .lineWidth(1)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
}
