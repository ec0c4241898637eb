import { promql } from './promql.ts';

export const byModel = 'model, version';
export const byWindow = `${byModel}, window`;
export const bySource = `${byWindow}, source`;

/**
 * Adds the label `score_band`, the band that a score bin is in: of at most ten, with five bins each where there are
 * fifty.
 *
 * @param expr an aggregation or a selector, with the labels `model`, `version` and `score_bin`
 */
export function withBand(expr: string): string {
  return promql`
    ${expr}
      * on (${byModel}, score_bin) group_left (score_band)
    group by (${byModel}, score_bin, score_band) (model_score_bin_reference_rows)`;
}

/** Adds a label with the role, positive or negative, of the class in another label. */
export function withRole(expr: string, classLabel: 'prediction' | 'outcome', roleLabel: string): string {
  return promql`
    ${expr}
      * on (${byModel}, ${classLabel}) group_left (${roleLabel})
    label_replace(label_replace(
      max by (${byModel}, class, role) (model_class_info),
      "${classLabel}", "$1", "class", "(.*)"), "${roleLabel}", "$1", "role", "(.*)")`;
}
