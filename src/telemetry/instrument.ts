/**
 * One metric, as OpenTelemetry names it. What Prometheus calls it, and its attributes, follows from that by the rules of
 * both (`prometheus-names.ts`), so that it has the same name however it gets there.
 */
export type Instrument = {
  /** With dots between namespaces, without unit: `model.predict.duration`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** UCUM. Only a gauge that is a share has the unit `1`, because Prometheus appends `_ratio` to its name. */
  readonly unit: string;
  /** The attributes that its series may have. */
  readonly attributes: readonly string[];
  readonly description: string;
};

/** What tells one model’s series from another’s. */
export const modelAttributes = ['model', 'version'] as const;
