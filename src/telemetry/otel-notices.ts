import { type Config, settings } from '../settings/config.ts';
import { type Signal, signals } from '../settings/otlp-settings.ts';
import { isSent, pathOf, variableOf } from './otlp-options.ts';

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
  const general = 'OTEL_EXPORTER_OTLP_ENDPOINT';
  return [
    ...signals.flatMap((signal) => {
      const name = variableOf(signal, 'ENDPOINT');
      const address = config[name];
      if (address === undefined) return [];
      const isBare = new URL(address).pathname === '/';
      const path = `${name} has no path and is used as it is: most receivers accept ${signal} at ${pathOf(signal)}`;
      return [...(isBare ? [path] : []), ...portNotices(name, address)];
    }),
    // where each signal that is sent has an address of its own, as traces often do, this one is not used
    ...(config[general] !== undefined && signals.some((signal) => usesGeneral(config, signal))
      ? generalNotices(general, config[general])
      : []),
  ];
}

function usesGeneral(config: Config, signal: Signal): boolean {
  return isSent(config, signal) && config[variableOf(signal, 'ENDPOINT')] === undefined;
}

function generalNotices(name: string, address: string): string[] {
  const { pathname } = new URL(address);
  const appended = signals.map(pathOf).find((path) => pathname.replace(/\/+$/, '').endsWith(path));
  const twice = `${name} ends in ${appended}, which is appended to it again: omit it, or set ${
    appended && variableOf(appended.slice('/v1/'.length) as Signal, 'ENDPOINT')
  } instead`;
  return [...(appended === undefined ? [] : [twice]), ...portNotices(name, address)];
}

function portNotices(name: string, address: string): string[] {
  const text = `${name} names port 4317, on which Collectors expect gRPC: OTLP over HTTP is on 4318`;
  return new URL(address).port === '4317' ? [text] : [];
}
