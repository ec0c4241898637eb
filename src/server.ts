import { telemetry } from '../otel/sdk.ts';
import { processConfig } from './config.ts';
import { endWith } from './exit-on-failure.ts';
import { exampleInput } from './http/openapi.ts';
import { startService } from './start-service.ts';

// who stops reading what is said at the start must not end the service
process.stderr.on('error', () => {});

const config = processConfig();
const starting = startService(config, telemetry).catch(endWith);
// asked for during the start, it is done after it
process.on('SIGHUP', async () => (await starting).reload());
const running = await starting;

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, async () => {
    // a second signal means now
    if (isStopping) process.exit(1);
    isStopping = true;
    await running.stop();
    // a write to a pipe that nobody reads, or an export that hangs, would keep the process
    process.exit(0);
  });
}
// last: whoever waits for this may send signals at once
announce();

function announce(): void {
  const { apiUrl, adminUrl, service } = running;
  const { artifact } = service.deployment;
  const tracing = telemetry.tracesEndpoint
    ? `${config.OTEL_TRACES_SAMPLER} to ${new URL(telemetry.tracesEndpoint).origin}`
    : 'off (set OTEL_EXPORTER_OTLP_ENDPOINT)';
  const ids = running.hasEphemeralIds
    ? 'do not survive this process (set OUTCOME_KEY_FILE or OUTCOME_KEYS)'
    : 'signed with the key that is set';
  const example = JSON.stringify(exampleInput(artifact)).replaceAll("'", String.raw`'\''`);
  process.stderr.write(
    `Model    ${artifact.name} ${artifact.version}, ${artifact.features.length} features
API      ${apiUrl}  (openapi.json, metrics)
Admin    ${adminUrl}  (metrics, drift, performance, outcomes)
Samples  ${config.SAMPLES_PATH} (${config.SAMPLES_VALUES})
Ids      ${ids}
Tracing  ${tracing}
Try      curl ${apiUrl}/predict -H 'content-type: application/json' -d '${example}'
`,
  );
}
