import { config, telemetry } from '../otel/sdk.ts';
import type { Deployment } from './deployments/deployment.ts';
import { endWith } from './exit-on-failure.ts';
import { exampleInput } from './http/openapi/predict-path.ts';
import { onReloadRequest, stopRequested } from './process-signals.ts';
import { startService } from './start-service.ts';
import { whyOff } from './telemetry/otlp-options.ts';
import { quoteWord } from './text/command-line.ts';
import { modelPath } from './text/model-path.ts';
import { escapeJson, writeLines } from './text/terminal.ts';

// a reader of the start-up output that goes away must not end the service
process.stderr.on('error', () => {});

// requested while this was being loaded: there is nothing to stop yet
if (stopRequested.aborted) process.exit(0);
const starting = startService(config, telemetry, stopRequested);
stopRequested.addEventListener('abort', end, { once: true });
const running = await starting.catch(failed);
// if requested during the start, it is done afterwards
onReloadRequest(() => running.reload());
if (!stopRequested.aborted) announce();

/** Stops the service, as soon as it has started or its start has been aborted. */
async function end(): Promise<void> {
  const { stop } = await starting.catch(failed);
  await stop();
  // a write to a pipe that nobody reads, or an export that hangs, would keep the process
  process.exit(0);
}

/** A start that was aborted because of a stop request is not a failure. */
function failed(error: unknown): never {
  if (error === stopRequested.reason) process.exit(0);
  endWith(error);
}

function announce(): void {
  const { apiUrl, adminUrl, earlierState, service } = running;
  const { answering, default: unnamed } = service.deployments;
  const { traces, metrics, logs } = telemetry.endpoints;
  const tracing = traces
    ? `${config.OTEL_TRACES_SAMPLER} to ${new URL(traces).origin}`
    : `off (${whyOff(config)})`;
  writeLines(process.stderr, [
    ...answering.map(describeModel),
    `API      ${apiUrl}  (docs, openapi.json, metrics)`,
    `Admin    ${adminUrl}  (home page, docs, metrics, drift, performance, observations, outcomes)`,
    ...(earlierState === undefined ? [] : [`Replica  ${earlierState}`]),
    `Samples  ${service.config.SAMPLES_PATH} (${config.SAMPLES_VALUES})`,
    `Ids      ${running.ids}`,
    `Tracing  ${tracing}`,
    ...(metrics
      ? [
          `Pushed   metrics every ${config.OTEL_METRIC_EXPORT_INTERVAL / 1000} s to ${new URL(metrics).origin}`,
        ]
      : []),
    ...(logs ? [`Sent     log lines to ${new URL(logs).origin}`] : []),
    `Try      ${exampleCall(unnamed ?? answering[0])}`,
  ]);
}

/** A command that lets the model predict, or that reports a prediction if it is only watched. */
function exampleCall({ artifact, predictor }: Deployment): string {
  const features = exampleInput(artifact);
  const [base, route, body] =
    predictor === undefined
      ? [running.adminUrl, 'observations', { features, score: 0.5 }]
      : [running.apiUrl, 'predict', features];
  const path =
    running.service.deployments.default === undefined ? modelPath(artifact.name, route) : `/${route}`;
  return `curl ${base}${path} -H 'content-type: application/json' -d ${quoteWord(escapeJson(JSON.stringify(body)))}`;
}

function describeModel(deployment: Deployment): string {
  const { name, version, features } = deployment.artifact;
  const { answering, default: unnamed } = running.service.deployments;
  const path = deployment === unnamed && answering.length > 1 ? ', also at /predict' : '';
  const use = deployment.predictor === undefined ? ', only watched' : path;
  const role = config.SHADOW_MODELS?.includes(name) ? `, shadow of ${unnamed?.artifact.name}` : use;
  return `Model    ${name} ${version}, ${features.length} features${role}`;
}
