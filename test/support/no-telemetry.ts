import type { Telemetry } from '../../otel/sdk.ts';

/** For services that a test starts in its own process: nothing is traced, exposed or said. */
export const noTelemetry = (): Telemetry => ({
  sources: [],
  beforeAnswer: [],
  exposeMetrics: async () => '',
  tracesEndpoint: undefined,
  log: { connect() {} } as unknown as Telemetry['log'],
  shutdown: async () => {},
});
