/** The model and version chosen at the top of the dashboard. */
export const version = 'model="$model",version="$version"';

/** A metric recorded for each window, of the chosen version and window. */
export function of(metric: string, more = ''): string {
  return `${metric}{${[version, 'window="$window"', ...(more ? [more] : [])].join(',')}}`;
}

/** Which class the model warns of, as a series with the label that predictions carry it under. */
const warned = `label_replace(model_info{${version}}, "prediction", "$1", "positive", "(.+)")`;

/** Share of the predictions over the chosen window that are not that class. */
export const approvedRatio = approved(of('model_prediction:ratio'));

const ratioOver = (window: string) => `model_prediction:ratio{${version},window="${window}"}`;
/** The same over the last ten minutes, and over the last day. */
export const approvedLately = approved(ratioOver('10m'));
export const approvedUsually = approved(ratioOver('24h'));

/** The same over the last `range`. */
export function approvedShare(range: string): string {
  const rates = `sum by (model, version, prediction) (rate(model_predictions_total{${version}}[${range}]))`;
  return `${approved(rates)} / (sum(${rates}) > 0)`;
}

/** Zero, not absent, when every prediction is the class warned of. */
function approved(predictions: string): string {
  return `(sum(${predictions} unless on (model, version, prediction) ${warned}) or 0 * sum(${predictions}))`;
}

/** The share of predictions that are not that class, by labels; `predictions` has a series for each class. */
export function approvedBy(labels: string, predictions: string): string {
  return `sum by (${labels}) (${predictions} unless on (model, version, prediction) ${warned}) / (sum by (${labels}) (${predictions}) > 0)`;
}
