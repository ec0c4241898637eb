import { predictRoutes } from '../../../src/http/expected-requests.ts';
import { predictRoute } from '../../../src/rules/rule-settings.ts';
import { worstAlert } from '../alerts-table.ts';

export const replica = 'job="vigia",instance=~"$instance"';
export const duration = 'http_server_request_duration_seconds';
export const predict = `${replica},${predictRoute}`;
export const failed = 'http_response_status_code=~"5.."';
export const rate = (series: string, matchers = replica) => `rate(${series}{${matchers}}[$__rate_interval])`;
/** Nothing where nothing was counted: the quantile of no observation is NaN, which no comparison passes. */
export const quantile = (q: number, by: string, buckets: string) =>
  `histogram_quantile(${q}, sum by (${by}le) (${buckets})) >= 0`;
/** Nothing, rather than what was true last, while nobody asks for a prediction. */
export const whileAsked = (expr: string) =>
  `(${expr}) and on () sum(${rate(`${duration}_count`, predict)}) > 0`;
export const burn = (slo: string) => `max(slo:burn_rate{slo="${slo}",window="1h"})`;
/** 0 while the service is known to Prometheus and no alert about it fires. */
export const serviceVerdict = `${worstAlert('component="service"')} or 0 * count(up{job="vigia"})`;
/** Adds a label `route`: a route that predicts by its name, and all others together as `other`. */
export const byRoute = (series: string) =>
  `label_replace(label_replace(${series}, "route", "other", "", ""), "route", "$1", "http_route", "(${predictRoutes.join('|')})")`;
