import { missingBin } from '../stats/binning.ts';
import type { Monitor, Observation } from './monitor.ts';

/** The features of one input that the reference does not cover, by name. */
export type Findings = {
  readonly missing: readonly string[];
  readonly unseen: readonly string[];
  readonly outsideRange: readonly string[];
};

/** Names what was unusual in one observed row: for a trace, where a count is not enough. */
export function findUnusual({ variables }: Monitor, { bins, outside }: Observation): Findings {
  const missing: string[] = [];
  const unseen: string[] = [];
  const outsideRange: string[] = [];
  for (let i = 0; i < bins.length; i++) {
    const { name, bins: cut } = variables[i];
    if (bins[i] === missingBin(cut)) missing.push(name);
    // the bin after `missing`, which only categorical features have
    if (bins[i] > missingBin(cut)) unseen.push(name);
    if (outside[i] !== 0) outsideRange.push(name);
  }
  return { missing, unseen, outsideRange };
}
