import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until there is an answer.
 *
 * @param what is waited for, in words
 * @param probe gives undefined, or throws, as long as there is none
 * @throws Error after `seconds`, with what the last attempt threw
 */
export async function until<T>(
  what: string,
  seconds: number,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  let cause: unknown;
  // twice at least: a single attempt may take longer than all the time there is
  for (let attempts = 0; attempts < 2 || performance.now() < deadline; attempts++) {
    try {
      const found = await probe();
      if (found !== undefined) return found;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(500);
  }
  throw new Error(`waited ${seconds} s in vain: ${what}`, { cause });
}
