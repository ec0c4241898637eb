import { type Config, settings } from '../settings/config.ts';
import { tracesPath } from './otlp-options.ts';

/**
 * Notices about OpenTelemetry variables that do not prevent the start: those without effect, and addresses that are
 * probably wrong.
 */
export function otelNotices(config: Config, env: Readonly<Record<string, string | undefined>>): string[] {
  const idle = Object.keys(env).filter(
    (name) => name.startsWith('OTEL_') && env[name]?.trim() && !(name in settings),
  );
  const verb = idle.length === 1 ? 'has' : 'have';
  return [
    ...(idle.length > 0 ? [`${idle.sort().join(', ')} ${verb} no effect here`] : []),
    ...addressNotices(config),
  ];
}

function addressNotices(config: Config): string[] {
  const name = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
    ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
    : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const address = config[name];
  if (address === undefined) return [];
  const { pathname, port } = new URL(address);
  const isComplete = pathname.replace(/\/+$/, '').endsWith(tracesPath);
  const notices: string[] = [];
  if (name === 'OTEL_EXPORTER_OTLP_ENDPOINT' && isComplete) {
    notices.push(
      `${name} ends in ${tracesPath}, which is appended to it again: omit it, or set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT instead`,
    );
  }
  if (name === 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' && pathname === '/') {
    notices.push(`${name} has no path and is used as it is: most receivers accept traces at ${tracesPath}`);
  }
  if (port === '4317') {
    notices.push(`${name} names port 4317, on which Collectors expect gRPC: OTLP over HTTP is on 4318`);
  }
  return notices;
}
