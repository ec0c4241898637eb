import type { UnitGuess } from '../stats/unit-guess.ts';
import { formatNumber, formatShare } from './format.ts';

/** From this share on, a guess applies to all values. */
const all = 0.9;

/** `about 1,000 times the usual values: another unit?`, with the share if it is not all of them. */
export function describeUnitGuess({ factor, share }: UnitGuess): string {
  const times = factor > 1 ? `${formatNumber(factor)} times` : `1/${formatNumber(1 / factor)} of`;
  return `${share < all ? `${formatShare(share)} are ` : ''}about ${times} the usual values: another unit?`;
}
