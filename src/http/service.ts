import type { Deployments } from '../deployments/deployments.ts';
import type { Shadows } from '../deployments/shadows.ts';
import type { JsonlWriter } from '../files/jsonl-writer.ts';
import type { DriftHistory } from '../history/open-drift-history.ts';
import type { OutcomeIntake } from '../outcomes/intake.ts';
import type { KnownModels } from '../outcomes/known-models.ts';
import type { Tokens } from '../outcomes/token.ts';
import type { Config } from '../settings/config.ts';
import type { ExposeMetrics } from '../telemetry/expose-metrics.ts';
import type { HttpMetrics } from '../telemetry/http-metrics.ts';
import type { CallerTrace } from '../telemetry/propagation.ts';
import type { RequestEntry } from '../telemetry/request-log.ts';
import type { BatchIntake } from './batch-intake.ts';
import type { Home } from './home/home.ts';
import type { ObservationIntake } from './observation-intake.ts';

export type Lifecycle = 'starting' | 'ready' | 'draining';

/** What the HTTP applications work with. */
export type Service = {
  readonly config: Config;
  state: Lifecycle;
  /** The models that answer. */
  readonly deployments: Deployments;
  /** The models among them that score rows without answering. */
  readonly shadows: Shadows;
  readonly httpMetrics: HttpMetrics;
  /** Drift over the last day. */
  readonly history: DriftHistory;
  readonly home: Home;
  readonly samples: JsonlWriter;
  /** Signs the ids of predictions, and reads them when an outcome arrives. */
  readonly tokens: Tokens;
  /** Model versions that outcomes may belong to. */
  readonly models: KnownModels;
  readonly intake: OutcomeIntake;
  /** What batches of observations share. */
  readonly observations: ObservationIntake;
  /** What requests for several predictions share. */
  readonly predictIntake: BatchIntake;
  /** Checks who may report outcomes on the public API; nobody if it is not set. */
  readonly outcomeTokens: readonly string[] | undefined;
  /** Writes the log line of a request. */
  readonly logRequest: (entry: RequestEntry) => void;
  /** Called for a fault in our own code. */
  readonly onError: (error: unknown, requestId: string) => void;
  /** The caller's trace context. */
  readonly callerTrace: CallerTrace;
  /** All metrics as Prometheus text, in UTF-8. */
  readonly exposeMetrics: ExposeMetrics;
};
