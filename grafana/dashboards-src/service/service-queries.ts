import { predictRoute } from '../../../otel/prometheus/generator/generator-settings.ts';

export const replica = 'job="vigia",instance=~"$instance"';
export const duration = 'http_server_request_duration_seconds';
export const predict = `${replica},${predictRoute}`;
export const failed = 'http_response_status_code=~"5.."';
export const rate = (series: string, matchers = replica) => `rate(${series}{${matchers}}[$__rate_interval])`;
export const quantile = (q: number, by: string, buckets: string) =>
  `histogram_quantile(${q}, sum by (${by}le) (${buckets}))`;
export const burn = (slo: string) => `max(slo:burn_rate{slo="${slo}",window="1h"})`;
