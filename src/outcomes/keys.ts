import { randomBytes } from 'node:crypto';
import { readSecretLines, readTokens, requireLength } from './secret-file.ts';

export type SigningKeys = {
  /** The first signs, all verify. */
  readonly keys: readonly Buffer[];
  /** Made for this process alone: ids end with it and hold on no other replica. */
  readonly isEphemeral: boolean;
};

/**
 * The keys that sign prediction ids: the lines of `OUTCOME_KEY_FILE` or the items of `OUTCOME_KEYS`; with neither set,
 * one made at random.
 *
 * @throws Error naming the setting, when both are set, the file cannot be read, or a key is missing or too short
 */
export async function readSigningKeys(config: {
  readonly OUTCOME_KEY_FILE?: string | undefined;
  readonly OUTCOME_KEYS?: readonly string[] | undefined;
}): Promise<SigningKeys> {
  const { OUTCOME_KEY_FILE: path, OUTCOME_KEYS: listed } = config;
  if (path !== undefined && listed !== undefined) {
    throw new Error('OUTCOME_KEY_FILE and OUTCOME_KEYS are both set: keep one of them');
  }
  if (path === undefined && listed === undefined) return { keys: [randomBytes(32)], isEphemeral: true };
  const source = path === undefined ? 'OUTCOME_KEYS' : `OUTCOME_KEY_FILE=${path}`;
  const texts = path === undefined ? (listed ?? []) : await readSecretLines('OUTCOME_KEY_FILE', path);
  if (texts.length === 0) throw new Error(`${source}: holds no key`);
  requireLength(source, 'key', texts);
  return { keys: texts.map((text) => Buffer.from(text)), isEphemeral: false };
}

/**
 * The bearer tokens that open `POST /outcomes` on the public API, the lines of `OUTCOMES_TOKEN_FILE`; `undefined` when
 * that is not set.
 *
 * @param keys the keys that sign ids. None may be a token as well: its holders could forge ids.
 * @throws Error naming the setting, when the file cannot be read, or holds no token, or one that cannot be sent, is too
 * short or is a key
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
    `OUTCOMES_TOKEN_FILE=${path}: token ${shared + 1} is also a key that signs ids, so its holders could forge ids: make another token with openssl rand -base64 32`,
  );
}
