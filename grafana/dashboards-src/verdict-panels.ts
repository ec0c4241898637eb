import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { verdicts, type Words } from './language.ts';
import { atEnd, fixed, type PanelText, plain, prepare, type Query } from './panel.ts';

/** A number as it is now and, beneath it, what it means in a word. What it was before is drawn by the panels below. */
export function stat(text: PanelText, value: Query, verdict?: Query & { readonly words: Words }): Stat {
  const panel = prepare(new Stat(), text, atEnd(verdict ? [value, verdict] : [value]))
    .height(5)
    .span(4)
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.Value)
    .textMode(common.BigValueTextMode.Value)
    .orientation(common.VizOrientation.Horizontal)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorScheme(fixed('text'));
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

/** Shows the name of the one thing that the query found beside its value. */
export function named(panel: Stat): Stat {
  return panel.textMode(common.BigValueTextMode.ValueAndName);
}

/** No background while there is no verdict. */
const none = new ThresholdsConfigBuilder()
  .mode(ThresholdsMode.Absolute)
  .steps([{ value: null, color: 'transparent' }]);

/** A verdict alone: one word in its colour. */
export function verdictStat(text: Omit<PanelText, 'unit'>, query: Query, words: Words): Stat {
  return stat({ ...text, unit: 'none' }, query)
    .mappings(verdicts(words))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(none)
    .colorMode(common.BigValueColorMode.Background);
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
