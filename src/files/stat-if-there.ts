import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** What is at a path; `undefined` if there is nothing. @throws Error if that cannot be determined */
export async function statIfThere(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
}
