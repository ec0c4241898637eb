import { listenerAddress } from '../settings/listener-address.ts';
import { UsageError } from './run-cli.ts';
import { serviceSetting } from './service-settings.ts';

/** Reads an address that an option gives. @throws UsageError for any other than one of HTTP */
export function readUrl(option: string, text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(`--${option} is an address such as http://127.0.0.1:8000, not '${text}'`);
}

/**
 * Where a service with these settings listens on this machine.
 *
 * @param option gives an address instead
 * @throws UsageError where the port is any
 */
export function listenerUrl(option: string, host: 'HOST' | 'ADMIN_HOST', port: 'PORT' | 'ADMIN_PORT'): URL {
  const number = serviceSetting(port);
  if (number === 0) {
    throw new UsageError(`${port}=0 lets the service take any port: say which with --${option}`);
  }
  return readUrl(option, listenerAddress(serviceSetting(host), number));
}
