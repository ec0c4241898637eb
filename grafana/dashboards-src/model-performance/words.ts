import { outcomeRule } from '../../../src/monitor/performance-calibration.ts';
import { formatExactShare } from '../../../src/text/format.ts';

export const z = outcomeRule.z;

/** What a deviation must exceed besides chance. */
export const least = `${formatExactShare(outcomeRule.leastEffect['24h'])} (over 7d: ${formatExactShare(outcomeRule.leastEffect['7d'])})`;

export const noOutcome = 'no outcome in the window';
export const notCounted = 'nothing was counted for this version in the window';
