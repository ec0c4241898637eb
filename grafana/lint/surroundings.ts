/** `recorded`: made by a recording rule. `foreign`: another program's, of a type unknown here. */
export type MetricKind = 'counter' | 'gauge' | 'recorded' | 'foreign';

export type Metric = {
  readonly kind: MetricKind;
  /** The labels it has, where they are known. */
  readonly labels?: ReadonlySet<string>;
};

/** What a series is, undefined if nobody exposes or records it. A histogram is `x_bucket`, `x_sum` and `x_count`. */
export type Metrics = (name: string) => Metric | undefined;

/** What a dashboard may refer to outside itself. */
export type Surroundings = {
  readonly metrics: Metrics;
  /** Type by uid, as provisioned. */
  readonly datasources: ReadonlyMap<string, string>;
  /** The variables of each dashboard, by its uid. */
  readonly dashboards: ReadonlyMap<string, ReadonlySet<string>>;
  readonly tags: ReadonlySet<string>;
  /** Where Jaeger's own pages are published. */
  readonly jaegerPages: string;
  /** The address of the runbook that links may lead to. */
  readonly runbookUrl: string;
  /** Its sections, as their anchors. */
  readonly runbook: ReadonlySet<string>;
};

/** Where a fault is, and what it is. */
export type Fault = { readonly where: string; readonly fault: string };
