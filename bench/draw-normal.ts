import type { Random } from '../src/stats/random.ts';

/**
 * Draws from the standard normal distribution, with two numbers of the generator.
 *
 * Source: G. E. P. Box, M. E. Muller, A Note on the Generation of Random Normal Deviates, Ann. Math. Statist. 29 (1958).
 */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
