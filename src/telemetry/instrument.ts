/** One metric as Prometheus sees it. Counters carry `_total`; a histogram's series are `_bucket`, `_sum`, `_count`. */
export type Instrument = {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /**
   * UCUM, as OpenTelemetry writes units. The name contains it, as `prometheusName` says: a gauge of unit `1` is called
   * `…_ratio`; any other figure without a dimension has none.
   */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly description: string;
};

/** What tells one model’s series from another’s. */
export const modelLabels = ['model', 'version'] as const;
