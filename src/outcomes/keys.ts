import { randomBytes } from 'node:crypto';
import { readSecretLines, readTokens, requireLength } from '../files/secret-file.ts';
import type { Config } from '../settings/config.ts';
import { isOpenToOthers, keptKeyPath, makeKeyOnce } from './kept-key.ts';

export type SigningKeys = {
  /** The first key signs; all keys verify. */
  readonly keys: readonly Buffer[];
  /** How they affect ids, as a phrase that follows "ids are" or "Ids". */
  readonly description: string;
  /** Whether the operator should act on it. */
  readonly isProblem: boolean;
};

/**
 * The keys that sign prediction ids: the lines of `OUTCOME_KEY_FILE` or the items of `OUTCOME_KEYS`. If neither is set,
 * a key is created once and kept next to the outcomes (see `keptKeyPath`); if that fails, one is created for this
 * process alone.
 *
 * @throws Error naming the setting, if both are set, if a file exists but cannot be read, or if a key is missing or too
 * short
 */
export async function readSigningKeys(
  config: Pick<Config, 'OUTCOMES_PATH'> & Partial<Pick<Config, 'OUTCOME_KEY_FILE' | 'OUTCOME_KEYS'>>,
): Promise<SigningKeys> {
  const { OUTCOME_KEY_FILE: path, OUTCOME_KEYS: listed, OUTCOMES_PATH } = config;
  if (path !== undefined && listed !== undefined) {
    throw new Error('OUTCOME_KEY_FILE and OUTCOME_KEYS are both set: keep one of them');
  }
  if (path === undefined && listed === undefined) return readKeptKey(OUTCOMES_PATH);
  const keys =
    path === undefined
      ? requireKeys('OUTCOME_KEYS', listed ?? [])
      : await readKeyFile(`OUTCOME_KEY_FILE=${path}`, path);
  return { keys, description: 'signed with the key that is set', isProblem: false };
}

async function readKeptKey(outcomesPath: string): Promise<SigningKeys> {
  const path = keptKeyPath(outcomesPath);
  let isNew: boolean;
  try {
    isNew = await makeKeyOnce(path);
  } catch (error) {
    return endingWithProcess(`${path} cannot be created: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
  const keys = await readKeyFile(path, path).catch((error: Error) => {
    throw new Error(
      `${error.message} (an earlier start created this file: if you delete it, a new one is created, and all ids issued so far are refused)`,
    );
  });
  const isProblem = await isOpenToOthers(path);
  const description = `signed with the key in ${path}${isNew ? ', made now' : ''}`;
  return {
    keys,
    description: isProblem
      ? `${description}, with which anyone on this machine can forge them: chmod 600 it`
      : description,
    isProblem,
  };
}

function endingWithProcess(reason: string): SigningKeys {
  return {
    keys: [randomBytes(32)],
    description: `not valid beyond this process: ${reason} (set OUTCOME_KEY_FILE or OUTCOME_KEYS)`,
    isProblem: true,
  };
}

async function readKeyFile(source: string, path: string): Promise<Buffer[]> {
  return requireKeys(source, await readSecretLines(source, path));
}

/** @throws Error naming the source if there is no key, or one that could be guessed */
function requireKeys(source: string, texts: readonly string[]): Buffer[] {
  if (texts.length === 0) throw new Error(`${source}: contains no key`);
  requireLength(source, 'key', texts);
  return texts.map((text) => Buffer.from(text));
}

/**
 * The bearer tokens that authorise `POST /outcomes` on the public API, the lines of `OUTCOMES_TOKEN_FILE`; `undefined`
 * if that is not set.
 *
 * @param keys the keys that sign ids. None of them may also be a token: its holders could forge ids.
 * @throws Error naming the setting, if the file cannot be read, contains no token, or contains one that cannot be sent,
 * is too short or is a key
 */
export async function readBearerTokens(
  config: { readonly OUTCOMES_TOKEN_FILE?: string | undefined },
  keys: SigningKeys['keys'] = [],
): Promise<readonly string[] | undefined> {
  const { OUTCOMES_TOKEN_FILE: path } = config;
  if (path === undefined) return undefined;
  const tokens = await readTokens('OUTCOMES_TOKEN_FILE', path);
  const shared = tokens.findIndex((token) => keys.some((key) => key.equals(Buffer.from(token))));
  if (shared < 0) return tokens;
  throw new Error(
    `OUTCOMES_TOKEN_FILE=${path}: token ${shared + 1} is also a key that signs ids, so its holders could forge ids: create a different token with openssl rand -base64 32`,
  );
}
