import { outcomeRule } from '../../../src/monitor/performance-calibration.ts';

export const z = outcomeRule.z;
const percent = (share: number) => `${share * 100} %`;

/** What a deviation must exceed besides chance. */
export const least = `${percent(outcomeRule.leastEffect['24h'])} (over 7d: ${percent(outcomeRule.leastEffect['7d'])})`;

export const noOutcome = 'no outcome in the window';
export const notCounted = 'nothing was counted for this version in the window';
