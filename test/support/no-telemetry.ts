import type { Telemetry } from '../../otel/sdk.ts';

/** For services that a test starts in its own process: nothing is traced, exposed or logged. */
export const noTelemetry = (): Telemetry => ({
  sources: [],
  beforeAnswer: [],
  exposeMetrics: async () => Buffer.alloc(0),
  droppedSpans: () => 0,
  endpoints: { traces: undefined, metrics: undefined, logs: undefined },
  sendLog: undefined,
  log: { connect() {} } as unknown as Telemetry['log'],
  shutdown: async () => {},
});
