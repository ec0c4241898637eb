import { isIPv6 } from 'node:net';

/** `host` or `host:port`, as RFC 3986 (sections 3.2.2 and 3.2.3) has them: a bracketed IPv6 address, or a name. */
const hostForm = /^(\[([\da-f:.]+)\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i;

/**
 * A name of DNS has 253 characters at most, each of them three when it is percent-encoded. The time to turn letters of
 * other scripts into `xn--` grows with the square of their number, to several ms for as many as headers hold.
 */
const longestHost = 1_000;

/**
 * Reads the value of a `Host` header, or what stands between `http://` and the path of a URL.
 *
 * @returns the host without its port, in the form in which hosts are compared: lower case, no dot at the end, IPv4
 * addresses as four numbers, IPv6 addresses in brackets. Empty if the text names no host, undefined if it is not valid or
 * longer than any name of a host.
 */
export function readHost(text: string): string | undefined {
  if (text.length > longestHost) return undefined;
  const [, host, ipv6] = hostForm.exec(text) ?? [];
  if (host === undefined || (ipv6 !== undefined && !isIPv6(ipv6))) return undefined;
  if (host === '') return '';
  // the grammar has names that URLs do not take, such as a wrong xn--; they are no other host's
  const name = URL.parse(`http://${host}`)?.hostname ?? host.toLowerCase();
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
