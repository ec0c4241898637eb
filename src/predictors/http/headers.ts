import { validateHeaderName, validateHeaderValue } from 'node:http';
import { readSecretLines } from '../../files/secret-file.ts';

/** Headers that every request carries in addition to its own. */
export type Headers = {
  current(): Readonly<Record<string, string>>;
  /** Reads them again and returns whether they have changed. Never rejects; if reading fails, the last ones stay. */
  renew(): Promise<boolean>;
};

export const noHeaders: Headers = { current: () => ({}), renew: async () => false };

/** Headers that the client sets itself. */
const ownHeaders = new Set([
  'content-length',
  'content-type',
  'transfer-encoding',
  'connection',
  'accept-encoding',
]);

/**
 * The headers of a file: `Name: value` on each line. Tokens are replaced while the service runs, so it is read again when a
 * server refuses them.
 *
 * @throws Error (rejects) naming the file and the line, never its text, if the file cannot be read or a line is not a
 * header
 */
export async function openHeaders(path: string): Promise<Headers> {
  let headers = await readHeaders(path);
  return {
    current: () => headers,
    async renew() {
      const before = JSON.stringify(headers);
      headers = await readHeaders(path).catch(() => headers);
      return JSON.stringify(headers) !== before;
    },
  };
}

async function readHeaders(path: string): Promise<Record<string, string>> {
  const source = 'headersFile';
  const headers: Record<string, string> = {};
  for (const [i, line] of (await readSecretLines(`${source}=${path}`, path)).entries()) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (
      colon < 0 ||
      value === '' ||
      !isHeader(name, value) ||
      ownHeaders.has(name) ||
      Object.hasOwn(headers, name)
    ) {
      throw new Error(
        `${source}=${path}: header ${i + 1} is not \`Name: value\` with a name that occurs once and that the client does not set itself`,
      );
    }
    headers[name] = value;
  }
  return headers;
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
