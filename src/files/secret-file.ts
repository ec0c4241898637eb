import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';

/** Shorter secrets can be guessed: 16 characters of base64 are 96 bits. */
const minCharacters = 16;

/** As in an `Authorization: Bearer` header: blanks and non-ASCII characters would not survive there. */
const tokenForm = /^[\x21-\x7e]+$/;

/**
 * The lines of a text file with secrets, trimmed, without empty ones. A secret read in the wrong encoding would differ
 * from the one that others have, so a file that is not in UTF-8 is refused; a byte-order mark is skipped.
 *
 * @param source begins errors: what the user has set and the file that it names, or the file alone
 * @throws Error beginning with the source, if it cannot be read or is not in UTF-8
 */
export async function readSecretLines(source: string, path: string): Promise<string[]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new Error(`${source}: cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
  const encoding = foreignEncoding(bytes);
  if (encoding !== undefined) throw new Error(`${source}: is ${encoding}: save it as UTF-8 text`);
  return new TextDecoder()
    .decode(bytes)
    .split(/[\r\n]/)
    .map((line) => line.trim())
    .filter(Boolean);
}

/**
 * Rejects secrets that could be guessed.
 *
 * @param source the setting, and the file it names
 * @param kind what a secret is called, such as `key`
 * @throws Error saying which one is too short, without its text
 */
export function requireLength(source: string, kind: string, secrets: readonly string[]): void {
  const short = secrets.findIndex((secret) => secret.length < minCharacters);
  if (short < 0) return;
  throw new Error(
    `${source}: ${kind} ${short + 1} has fewer than ${minCharacters} characters: make one with openssl rand -base64 32`,
  );
}

/**
 * The bearer tokens in a file, one per line.
 *
 * @param setting what the user has set, such as `OUTCOMES_TOKEN_FILE`
 * @throws Error as `readSecretLines` does, for a file without tokens, and for a line that cannot be one or is too short
 */
export async function readTokens(setting: string, path: string): Promise<string[]> {
  const source = `${setting}=${path}`;
  const tokens = await readSecretLines(source, path);
  if (tokens.length === 0) throw new Error(`${source}: contains no token`);
  const wrong = tokens.findIndex((token) => !tokenForm.test(token));
  if (wrong >= 0) {
    throw new Error(
      `${source}: token ${wrong + 1} has a blank or a character that is not ASCII: write the token alone, without "Bearer"`,
    );
  }
  requireLength(source, 'token', tokens);
  return tokens;
}

/** What a file is if it is not UTF-8 text; undefined if it is. */
function foreignEncoding(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'in UTF-16';
  if (bytes.some(isControl)) return 'in UTF-16 or not text (it has control characters)';
  return isUtf8(bytes) ? undefined : 'not in UTF-8';
}

/** Whether a byte is a control character other than white space. In UTF-16 every second byte of most alphabets is one. */
function isControl(byte: number): boolean {
  return (byte < 0x20 && (byte < 0x09 || byte > 0x0d)) || byte === 0x7f;
}
