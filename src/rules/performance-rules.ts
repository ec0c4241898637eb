import { groupOutcomes, groupRates } from './group-rate-rules.ts';
import { bands, observedExpected } from './performance-calibration-rules.ts';
import { comparison } from './performance-comparison-rules.ts';
import { counts, rows } from './performance-counts.ts';
import { coverage, delays } from './performance-coverage-rules.ts';
import { estimateErrors } from './performance-estimate.ts';
import { figures } from './performance-figure-rules.ts';
import { scoreMean } from './performance-score-mean.ts';
import { trustRules } from './performance-trust.ts';
import type { RuleGroup } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';
import { windowGroups } from './window-rules.ts';

/** Realised and estimated performance over all windows, from the counts of all replicas. */
export function performanceGroups(scales: Scales): RuleGroup[] {
  return windowGroups('model-performance', [...counts, groupOutcomes], scales, {
    after: [
      ...rows,
      ...coverage,
      ...delays,
      ...bands,
      ...figures,
      ...comparison,
      ...estimateErrors,
      ...observedExpected,
      ...scoreMean,
      ...trustRules(scales),
      ...groupRates,
    ],
  });
}
