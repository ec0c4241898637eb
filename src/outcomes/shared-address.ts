import { readSecretLines } from '../files/secret-file.ts';

/**
 * The address of the replicas' shared store: `OUTCOME_DEDUP_URL`, with the password from `OUTCOME_DEDUP_PASSWORD_FILE`
 * if that is set, so that it need not be in the environment. `undefined` if there is no such store.
 *
 * @throws Error naming the setting, if the file cannot be read or is not a single line, if the address also has a
 *   password, or if there is no address
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
    throw new Error(`${source}: OUTCOME_DEDUP_URL also has a password: keep one of them`);
  }
  const lines = await readSecretLines(`OUTCOME_DEDUP_PASSWORD_FILE=${path}`, path);
  if (lines.length !== 1)
    throw new Error(`${source}: must contain one line, the password, but has ${lines.length}`);
  url.password = encodeURIComponent(lines[0]);
  return url.href;
}
