import type { Random } from './random.ts';

/**
 * A bootstrap resample: as many rows as there are, drawn with replacement.
 *
 * @param times receives how often each row was drawn
 *
 * Source: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 6.
 */
export function resample(times: Uint32Array, random: Random): void {
  const { length } = times;
  times.fill(0);
  for (let i = 0; i < length; i++) times[Math.floor(random() * length)]++;
}
