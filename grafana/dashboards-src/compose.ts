import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
  TimePickerBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { critical, notCritical, real } from './alerts-table.ts';
import { colours } from './language.ts';
import { menu, tag, visible } from './links.ts';
import { type PanelBuilder, prometheus } from './panel.ts';

/** Panels under one question. They are laid from left to right; those of one line have one height and fill it. */
export type Row = { readonly question: string; readonly panels: readonly PanelBuilder[] };

export type DashboardSpec = {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly annotations: readonly AnnotationQueryBuilder[];
  readonly rows: readonly Row[];
};

/** Puts a dashboard together and numbers its panels. Same input, same output. */
export function compose(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([tag])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: spec.from, to: 'now' })
    .timepicker(new TimePickerBuilder().refreshIntervals(['15s', '1m', '5m', '30m']))
    .timezone('browser')
    .refresh('1m')
    .variables([...spec.variables])
    .annotations(spec.annotations.map(visible))
    .links([...menu]);
  let id = 0;
  for (const row of spec.rows) {
    id += 1;
    builder.withRow(new RowBuilder(row.question).id(id));
    for (const panel of row.panels) {
      id += 1;
      panel.id(id);
      builder.withPanel(panel);
    }
  }
  return builder.build();
}

/** Wide enough that no step between two points skips it, and so narrow that it looks like a line. */
const markWidth = '1m';

/** Marks where alerts begin to fire: critical ones in red, all others in yellow. */
export function alertAnnotations(selector: string): AnnotationQueryBuilder[] {
  return [
    alertAnnotation('Critical', colours.bad, `${selector},${critical}`),
    alertAnnotation('Warnings', colours.unsure, `${selector},${notCritical},${real}`),
  ];
}

function alertAnnotation(name: string, colour: string, selector: string): AnnotationQueryBuilder {
  const alerts = `ALERTS{alertstate="firing",${selector}}`;
  return annotation(name, colour, `${alerts} unless ${alerts} offset ${markWidth}`)
    .titleFormat('{{alertname}}')
    .textFormat(
      '{{severity}} {{feature}} {{segment_feature}} {{segment}} {{window}} {{slo}} {{shadow}} {{instance}}',
    )
    .tagKeys('alertname,severity');
}

/** Marks the first minute of a model version that nobody has served for a day. */
export function versionAnnotation(selector: string): AnnotationQueryBuilder {
  const versions = `count by (model, version) (model_info{${selector}})`;
  const known = `count by (model, version) (last_over_time(model_info{${selector}}[1d] offset ${markWidth}))`;
  return annotation('New versions', colours.moved, `${versions} unless ${known}`)
    .titleFormat('New version of {{model}}')
    .textFormat('{{version}}')
    .tagKeys('version');
}

function annotation(name: string, colour: string, expr: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(prometheus)
    .enable(true)
    .hide(false)
    .iconColor(colour)
    .expr(expr)
    .step('30s');
}
