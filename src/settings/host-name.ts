import { isIPv6 } from 'node:net';

/** `host` or `host:port`, as in RFC 3986 (sections 3.2.2 and 3.2.3): a bracketed IPv6 address, or a name. */
const hostForm = /^(\[([\da-f:.]+)\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i;

/**
 * A DNS name has at most 253 characters, each of them three if it is percent-encoded. The time to turn letters of other
 * scripts into `xn--` grows with the square of their number, to several ms for as many as headers hold.
 */
const longestHost = 1_000;

/**
 * Reads the value of a `Host` header, or the part between `http://` and the path of a URL.
 *
 * @returns the host without its port, in the form in which hosts are compared: lower case, no trailing dot, IPv4
 * addresses as four numbers, IPv6 addresses in brackets. Empty if the text names no host, undefined if it is not valid
 * or longer than any host name.
 */
export function readHost(text: string): string | undefined {
  if (text.length > longestHost) return undefined;
  const [, host, ipv6] = hostForm.exec(text) ?? [];
  if (host === undefined || (ipv6 !== undefined && !isIPv6(ipv6))) return undefined;
  if (host === '') return '';
  // the grammar allows names that URLs reject, such as an invalid xn--; no other host has such a name
  const name = URL.parse(`http://${host}`)?.hostname ?? host.toLowerCase();
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
