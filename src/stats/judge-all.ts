import type { Verdict } from './drift.ts';

/** The combined verdict of several: the worst among them; `undetermined` if there are none. */
export function judgeAll(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('drifting')) return 'drifting';
  if (verdicts.includes('moved')) return 'moved';
  return verdicts.includes('undetermined') || verdicts.length === 0 ? 'undetermined' : 'stable';
}
