import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import { readHost } from '../settings/host-name.ts';
import { Problem } from './problem.ts';

/** Says what is wrong with a request, if anything is. */
export type RequestCheck = (request: IncomingMessage) => Problem | undefined;

/** A target with the URL's scheme and host (RFC 9112, section 3.2.2). */
const absoluteTarget = /^https?:\/\/([^/?]*)(.*)$/i;
const slash = 47;

/**
 * Makes the check for what Node's parser accepts although RFC 9112 does not allow it, and for the host name that a
 * request was sent to. It reduces the target of a request to its path and query, however it was sent. Most requests
 * cost only a few comparisons.
 *
 * @param ownHosts returns the hosts that requests may be sent to, in the form of `readHost`, in addition to those that
 * no page of another site can have; undefined if any is allowed
 */
export function createRequestCheck(ownHosts: () => ReadonlySet<string> | undefined): RequestCheck {
  /** The last host that passed: most clients of a listener use the same name. */
  let accepted = '';

  function checkHost(request: IncomingMessage): Problem | undefined {
    const { host } = request.headers;
    const own = ownHosts();
    const problem = invalidHost(request) ?? (host === undefined || !own ? undefined : foreignHost(host, own));
    if (problem === undefined && host !== undefined) accepted = host;
    return problem;
  }

  return (request) => {
    const { httpVersion, headers, url = '' } = request;
    return (
      (httpVersion === '1.1' ? undefined : checkVersion(request)) ??
      (headers['transfer-encoding'] === undefined ? undefined : checkTransferCoding(request)) ??
      (url.charCodeAt(0) === slash && !url.includes('#') ? undefined : checkTarget(request)) ??
      (headers.host === accepted ? undefined : checkHost(request))
    );
  };
}

/** Node's parser also accepts HTTP/0.9 and HTTP/2.0, with lines like those of HTTP/1.1. */
function checkVersion({ httpVersion }: IncomingMessage): Problem | undefined {
  if (httpVersion === '1.0') return undefined;
  const detail = `send the request in HTTP/1.1 or HTTP/1.0, not in HTTP/${httpVersion}`;
  return new Problem(httpVersion === '0.9' ? 'malformed-request' : 'http-version-not-supported', detail);
}

/** The parser has already refused encodings that do not end in `chunked`. */
function checkTransferCoding({ httpVersion, headers }: IncomingMessage): Problem | undefined {
  if (httpVersion === '1.0') {
    return malformed('transfer-encoding is not part of HTTP/1.0: send content-length');
  }
  if (headers['transfer-encoding']?.toLowerCase() === 'chunked') return undefined;
  return new Problem(
    'transfer-coding-not-supported',
    'the only transfer-encoding that is decoded is chunked',
  );
}

/** For targets other than a path with a query. The host of a URL replaces the `Host` header. */
function checkTarget(request: IncomingMessage): Problem | undefined {
  const { url = '', method } = request;
  if (url.includes('#')) return malformed('the target of the request must not have a fragment (#…)');
  if (url === '*' && method === 'OPTIONS') return undefined;
  const [, authority, path] = absoluteTarget.exec(url) ?? [];
  if (authority === undefined || !readHost(authority)) {
    return malformed('the target of the request must be a path, or a valid http or https URL without a user');
  }
  const problem = invalidHost(request);
  if (problem !== undefined) return problem;
  request.headers.host = authority;
  request.url = path.charCodeAt(0) === slash ? path : `/${path}`;
  return undefined;
}

function invalidHost({ headers: { host }, httpVersion }: IncomingMessage): Problem | undefined {
  if (host === undefined) return httpVersion === '1.0' ? undefined : malformed('the host header is missing');
  if (readHost(host) !== undefined) return undefined;
  return malformed('the host header must occur once, and be a host or host:port');
}

/**
 * A page of another site can make its own name point to this machine, and the browser then lets it read the answers
 * (DNS rebinding). It cannot do so with an address, a name within `localhost`, or a name without a dot, which nobody
 * can register.
 */
function foreignHost(host: string, own: ReadonlySet<string>): Problem | undefined {
  const name = readHost(host) ?? '';
  const isSafe =
    !name.includes('.') ||
    name.startsWith('[') ||
    isIPv4(name) ||
    name.endsWith('.localhost') ||
    own.has(name);
  if (isSafe) return undefined;
  return new Problem(
    'misdirected-request',
    `this service does not answer to the name ${name.slice(0, 253)}; if it should, add the name to ALLOWED_HOSTS`,
  );
}

function malformed(detail: string): Problem {
  return new Problem('malformed-request', detail);
}
