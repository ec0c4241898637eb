import type { Telemetry } from '../otel/sdk.ts';
import { defaultAlertSettings, readAlertSettings } from './alerts/alert-settings.ts';
import { createDeployments } from './deployments/deployments.ts';
import { leaveOutTwins, loadModels, requireAll } from './deployments/load-models.ts';
import { checkRoles, namedModels } from './deployments/model-roles.ts';
import { createReload } from './deployments/reload-models.ts';
import { createShadows } from './deployments/shadows.ts';
import { named } from './exit-on-failure.ts';
import { findModelFiles } from './files/model-paths.ts';
import { hasPlaceholder } from './files/path-pattern.ts';
import { historyStepMs } from './history/drift-steps.ts';
import { expectedRequests } from './http/expected-requests.ts';
import { createHome } from './http/home/home.ts';
import { createObservationIntake } from './http/observation-intake.ts';
import { createPredictIntake } from './http/predict-rows.ts';
import type { Service } from './http/service.ts';
import { createSlowReaders } from './http/slow-readers.ts';
import { openListeners } from './open-listeners.ts';
import { openRecords } from './open-records.ts';
import { readBearerTokens, readSigningKeys } from './outcomes/keys.ts';
import { createTokens } from './outcomes/token.ts';
import { checkPaths } from './replica/check-paths.ts';
import { describeEarlierState } from './replica/earlier-state.ts';
import { openReplica, type Replica } from './replica/replica.ts';
import type { Config } from './settings/config.ts';
import { createHttpMetrics } from './telemetry/http-metrics.ts';
import { createLogDestination } from './telemetry/log-destination.ts';
import { createLogger, terminalFormat } from './telemetry/logger.ts';
import { createModelInfo } from './telemetry/model-info.ts';
import { intakeMetrics, performanceMetrics } from './telemetry/outcome-metrics.ts';
import { processMetrics } from './telemetry/process-metrics.ts';
import { createCallerTrace } from './telemetry/propagation.ts';
import { createRequestLog } from './telemetry/request-log.ts';
import { readerMetrics, writerMetrics } from './telemetry/service-metrics.ts';
import { everyStep } from './times/every-step.ts';
import { within } from './times/within.ts';

/** How long the start waits until the artifact is stored on disk. */
const keepModelMs = 1000;

export type RunningService = {
  readonly apiUrl: string;
  readonly adminUrl: string;
  readonly service: Service;
  /** The replica's name, and what others have left; `undefined` if no path depends on the name. */
  readonly earlierState: string | undefined;
  /** With which key prediction ids are signed, and how long they are valid. */
  readonly ids: string;
  /** Reloads the models; one whose file cannot be used keeps answering unchanged. Never rejects. */
  reload(): Promise<void>;
  /** Stops accepting requests, answers those in flight, and writes samples, logs and spans, within the time allowed. */
  stop(): Promise<void>;
};

/**
 * Loads the models, opens both listeners and starts to accept requests.
 *
 * @param signal aborts the start while it waits for a name and before it opens a listener; its reason is thrown
 * @throws Error for a model that cannot be loaded or an address that cannot be used; nothing is left open
 */
export async function startService(
  settings: Config,
  telemetry: Telemetry,
  signal?: AbortSignal,
): Promise<RunningService> {
  const destination = createLogDestination({ format: terminalFormat(), copy: telemetry.sendLog });
  const logger = createLogger({ level: settings.LOG_LEVEL, name: settings.LOG_NAME, destination });
  telemetry.log.connect(logger);
  // closed in reverse order if a step of the start fails
  await using opened = new AsyncDisposableStack();
  const replica = await openReplica({
    name: settings.SERVICE_INSTANCE,
    patterns: [settings.SAMPLES_PATH, settings.OUTCOMES_PATH],
    // as long as the previous process may take to end
    waitMs: settings.SHUTDOWN_TIMEOUT_MS,
    signal,
    onProblem: (message) => logger.warn({ event: 'replica' }, message),
  });
  opened.defer(() => replica.release());
  await checkPaths(settings, replica.name);
  const config = withPathsOf(replica, settings);
  const { keys, ...ids } = await readSigningKeys(settings);
  if (ids.isProblem) logger.warn({ event: 'ids' }, `prediction ids are ${ids.description}`);
  const outcomeTokens = await readBearerTokens(settings, keys);
  const loaded = await named(
    'MODEL_PATH',
    findModelFiles(config.MODEL_PATH).then(loadModels).then(requireAll),
  );
  checkRoles(
    loaded.map(({ artifact }) => artifact),
    config,
  );
  // what the home page shows of alerts is no reason not to predict
  const alertSettings = await readAlertSettings().catch((error: Error) => {
    logger.warn({ event: 'alerts' }, `the home page uses the default alert settings: ${error.message}`);
    return defaultAlertSettings;
  });
  const earlierState = hasPlaceholder(settings.SAMPLES_PATH + settings.OUTCOMES_PATH)
    ? `${replica.name}, ${await describeEarlierState(replica.name, settings)}`
    : undefined;
  const tokens = createTokens(keys);
  const { samples, history, outcomes, ages } = await openRecords({
    config,
    othersOf: (setting) => replica.othersOf(settings[setting]),
    tokens,
    logger,
    opened,
  });
  const { models, intake } = outcomes;
  // a file that is still being written would appear after a failed start has ended
  opened.defer(() => within(keepModelMs, models.kept()));
  await named('MODEL_PATH', leaveOutTwins({ loaded, unusable: [] }, models).then(requireAll));
  const deployments = createDeployments({
    defaultName: config.DEFAULT_MODEL,
    shadowNames: config.SHADOW_MODELS ?? [],
    sampleValues: config.SAMPLES_VALUES,
    models,
  });
  for (const model of loaded) deployments.put(model);
  const shadows = createShadows({
    names: config.SHADOW_MODELS ?? [],
    deployments,
    records: { config, samples, tokens },
    ...outcomes.shadows,
    onProblem: (message) => logger.warn({ event: 'shadow' }, message),
  });
  const httpMetrics = createHttpMetrics(expectedRequests(outcomeTokens !== undefined));
  const home = createHome({
    config,
    alertSettings,
    deployments,
    history,
    httpMetrics,
    samples,
    shadows,
    droppedLogLines: () => destination.droppedLines,
    droppedSpans: () => telemetry.droppedSpans(),
    onError: (error) =>
      logger.error({ event: 'home', err: error }, 'the home page cannot be kept up to date'),
  });
  const service: Service = {
    config,
    state: 'starting',
    deployments,
    history,
    home,
    httpMetrics,
    samples,
    tokens,
    models,
    intake,
    observations: createObservationIntake(outcomes.shared),
    predictIntake: createPredictIntake(),
    shadows,
    outcomeTokens,
    logRequest: createRequestLog({ logger, destination, sampleRatio: config.LOG_SAMPLE_RATIO }),
    onError: (error, requestId) =>
      logger.error({ event: 'error', requestId, err: error }, 'unexpected error'),
    callerTrace: createCallerTrace(config.OTEL_PROPAGATORS),
    exposeMetrics: telemetry.exposeMetrics,
  };
  const slowReaders = createSlowReaders();
  telemetry.sources.push(
    processMetrics,
    httpMetrics.source,
    () => [...deployments.retired(), ...deployments.answering].flatMap(({ metrics }) => metrics()),
    createModelInfo(() => deployments.answering.map(({ monitor }) => monitor.reference)),
    intakeMetrics(intake),
    shadows.metrics,
    performanceMetrics(models, outcomes.collected),
    readerMetrics(slowReaders),
    writerMetrics(samples, destination),
  );

  telemetry.beforeAnswer.push(outcomes.beforeAnswer);
  // the process may end right after the first prediction
  await within(keepModelMs, models.kept());
  signal?.throwIfAborted();
  const { admin, api, guard } = await openListeners(service, {
    slowReaders,
    isTraced: telemetry.endpoints.traces !== undefined,
  });
  opened.move();
  service.state = 'ready';
  const endSteps = everyStep(historyStepMs, home.step);

  async function stop(): Promise<void> {
    service.state = 'draining';
    endSteps();
    const deadlineMs = performance.now() + config.SHUTDOWN_TIMEOUT_MS;
    const remainingMs = () => Math.max(0, deadlineMs - performance.now());
    // requests get most of the time; what they leave behind still has to be written
    await within(remainingMs() * 0.6, api.drain());
    api.destroy();
    guard.stop();
    home.close();
    // last, because it shows that the service is draining; a batch of outcomes that was accepted is still answered
    await within(remainingMs() * 0.5, admin.drain());
    admin.destroy();
    // what they score is sampled, too
    await within(remainingMs() * 0.5, shadows.idle());
    shadows.close();
    await Promise.all([
      within(remainingMs() * 0.8, samples.close()),
      within(remainingMs() * 0.8, history.close()),
      within(remainingMs() * 0.8, outcomes.close()),
      within(remainingMs() * 0.8, ages.close()),
      within(remainingMs() * 0.8, deployments.close()),
      within(remainingMs() * 0.8, telemetry.shutdown()),
    ]);
    replica.release();
    await destination.close(remainingMs());
  }
  return {
    earlierState,
    apiUrl: api.url,
    adminUrl: admin.url,
    service,
    ids: ids.description,
    reload: createReload(
      {
        modelPath: config.MODEL_PATH,
        required: namedModels(config),
        deployments,
        models,
      },
      logger,
    ),
    stop,
  };
}

/** The settings, with this replica's name in their paths. */
function withPathsOf({ pathOf }: Replica, settings: Config): Config {
  const { MODEL_PATH, SAMPLES_PATH, OUTCOMES_PATH } = settings;
  return {
    ...settings,
    MODEL_PATH: pathOf(MODEL_PATH),
    SAMPLES_PATH: pathOf(SAMPLES_PATH),
    OUTCOMES_PATH: pathOf(OUTCOMES_PATH),
  };
}
