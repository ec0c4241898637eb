import { readSecretLines } from '../files/secret-file.ts';

/**
 * Where the replicas' shared store is: `OUTCOME_DEDUP_URL`, with the password out of `OUTCOME_DEDUP_PASSWORD_FILE` if
 * that is set, so that it need not be in the environment. `undefined` when there is no such store.
 *
 * @throws Error naming the setting, when the file cannot be read or is not one line, when the address has a password
 *   too, or when there is no address
 */
export async function readSharedAddress(config: {
  readonly OUTCOME_DEDUP_URL?: string | undefined;
  readonly OUTCOME_DEDUP_PASSWORD_FILE?: string | undefined;
}): Promise<string | undefined> {
  const { OUTCOME_DEDUP_URL: address, OUTCOME_DEDUP_PASSWORD_FILE: path } = config;
  if (path === undefined) return address;
  const source = `OUTCOME_DEDUP_PASSWORD_FILE=${path}`;
  if (address === undefined)
    throw new Error(`${source}: OUTCOME_DEDUP_URL, whose password it is, is not set`);
  const url = new URL(address);
  if (url.password !== '') {
    throw new Error(`${source}: OUTCOME_DEDUP_URL has a password too: keep one of them`);
  }
  const lines = await readSecretLines('OUTCOME_DEDUP_PASSWORD_FILE', path);
  if (lines.length !== 1)
    throw new Error(`${source}: must hold one line, the password; it has ${lines.length}`);
  url.password = encodeURIComponent(lines[0]);
  return url.href;
}
