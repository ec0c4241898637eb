import { intervalZ } from '../../src/stats/wilson-interval.ts';
import { version } from './model-queries.ts';
import { noneBelow } from './panel-expressions.ts';

/** The key of a shadow's version: `challenger 5f0c…`. */
const named = (rows: string) => `label_join(${rows}, "name", " ", "shadow", "shadow_version")`;

/** Rows by shadow, over a range; those with the matcher only. */
const rowsOf = (metric: string, range: string, matcher = '') =>
  `sum by (name) (${named(`increase(${metric}{${version}${matcher && `,${matcher}`}}[${range}])`)})`;

/** Outcomes that count for both. */
export const shadowOutcomes = rowsOf('model_shadow_outcomes_total', '$__range');

/** Rows that both have scored. */
export const shadowRows = rowsOf('model_agreement_total', '$__range');

/** Rows a second that a shadow left out, by it and the reason. */
export const shadowDrops = noneBelow(
  `sum by (name, reason) (${named(`rate(model_shadow_rows_dropped_total{${version}}[$__rate_interval])`)})`,
  `sum(rate(model_shadow_rows_dropped_total{${version}}[$__rate_interval]))`,
  'reason',
);

/** The share of rows of which both predicted the same class. */
export function agreement(range: string): string {
  const same = `label_replace(increase(model_agreement_total{${version}}[${range}]), "same", "$1", "prediction", "(.*)")`;
  // a label can only be compared with another one by joining the series with itself under the other's name
  const asShadow = `label_replace(increase(model_agreement_total{${version}}[${range}]), "same", "$1", "shadow_prediction", "(.*)")`;
  const agreed = `sum by (name) (${named(`(${same} and on (shadow, shadow_version, prediction, shadow_prediction, same) ${asShadow})`)})`;
  return `(${agreed} or 0 * ${rowsOf('model_agreement_total', range)}) / (${rowsOf('model_agreement_total', range)} > 0)`;
}

const right = (who: string) => rowsOf('model_shadow_outcomes_total', '$__range', `right="${who}"`);

/** The share of outcomes of which one was right. */
export function accuracyOf(who: 'champion' | 'shadow'): string {
  return `(${right('both')} + ${right(who)}) / (${shadowOutcomes} > 0)`;
}

/** How much more often the shadow was right. */
export const accuracyDifference = `(${right('shadow')} - ${right('champion')}) / (${shadowOutcomes} > 0)`;

/** An end of the difference's interval of 95 %, as `pairedShareDifference` says. */
export function differenceEnd(sign: '+' | '-'): string {
  const rows = `(${shadowOutcomes} + 2)`;
  const centre = `((${right('shadow')} - ${right('champion')}) / ${rows})`;
  const spread = `((${right('shadow')} + ${right('champion')} + 1) / ${rows} - ${centre} ^ 2) / ${rows}`;
  return `(${centre} ${sign} ${intervalZ} * sqrt(${spread})) and ${shadowOutcomes} > 0`;
}
