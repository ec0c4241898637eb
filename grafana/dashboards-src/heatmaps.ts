import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  CellValuesBuilder,
  PanelBuilder as Heatmap,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { colours } from './language.ts';
import { type PanelText, prepare, type Query } from './panel.ts';

/** Shares over time by bin, darker orange where more values fall. */
export function heatmap(text: PanelText, query: Query): Heatmap {
  return heatmapOf(text, query, PromQueryFormat.TimeSeries, text.unit);
}

/** Counts over time by the buckets of a histogram, whose edges have the unit given. */
export function bucketHeatmap(text: PanelText, query: Query): Heatmap {
  return heatmapOf(text, query, PromQueryFormat.Heatmap, 'locale').yAxis(
    new YAxisConfigBuilder().axisPlacement(common.AxisPlacement.Left).unit(text.unit),
  );
}

function heatmapOf(text: PanelText, query: Query, format: PromQueryFormat, cellUnit: string): Heatmap {
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
    .cellValues(new CellValuesBuilder().unit(cellUnit))
    .showValue(common.VisibilityMode.Never)
    .showLegend();
}
