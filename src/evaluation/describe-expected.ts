import { describeExpectedShare } from '../report/compute/expected-share.ts';
import { formatShare } from '../text/format.ts';
import type { Evaluation } from './evaluate.ts';

/** The share of positives that the scores predict, and the one that there was; `null` where it is not known. */
export function describeExpected({
  expectedShare,
  classes: { positive },
  confusion: { truePositives, falseNegatives },
  samples,
}: Evaluation): string | null {
  if (expectedShare === null) return null;
  const share = formatShare((truePositives + falseNegatives) / samples);
  return `${describeExpectedShare(expectedShare, positive)} Of these rows ${share} were ‘${positive}’.`;
}
