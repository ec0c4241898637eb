import { z } from 'zod';
import { summary as artifactSummary } from '../../model/artifact-schema.ts';
import { driftRule } from '../../stats/drift.ts';
import { ofEachStatistic } from '../../stats/drift-statistics.ts';
import { slowDriftRule } from '../../stats/slow-drift.ts';

export const count = z.int().min(0);
export const share = z.number().min(0).max(1);
export const instant = z.iso.datetime();
export const verdict = z
  .enum(['stable', 'undetermined', 'moved', 'drifting'])
  .describe(
    `drifting: PSI > max(${driftRule.minPsi}, noise ceiling); moved: not drifting, but PSI > max(${driftRule.minMovedPsi}, noise ceiling), or a rank trend more than ${driftRule.minTrend} from one half and more than ${driftRule.ceilingZ} standard errors; undetermined: neither, and the ceiling exceeds ${driftRule.undeterminedCeiling}; stable: none of these`,
  );

const summary = artifactSummary
  .nullable()
  .describe('Of the values that are not missing, in their own unit; null where only bins are known');

const measured = {
  samples: count,
  psi: z.number().nullable(),
  psiNoiseCeiling: z.number().nullable().describe('How large the PSI gets by chance alone'),
};

/** What a report says of a feature, or of the score. */
export const variable = z.strictObject({
  name: z.string(),
  kind: z.enum(['numeric', 'categorical']),
  wholeNumbers: z.boolean().describe('Whether all values are whole numbers, so far as is known'),
  samples: count.describe('Live rows in which the variable was recorded, missing values included'),
  referenceSamples: count,
  missing: count,
  unseen: count.describe('Rows whose category the reference never held'),
  outsideRange: count.describe("Rows whose value is beyond the reference's extremes"),
  ...ofEachStatistic(({ formula, range }) => z.number().nullable().describe(`${formula}; ${range}`)),
  psiNoiseCeiling: measured.psiNoiseCeiling,
  threshold: z.number().nullable().describe('The PSI above which the verdict is drifting'),
  kolmogorovSmirnov: z
    .strictObject({
      statistic: z.number(),
      p: z.number().nullable(),
      basis: z.enum(['values', 'bins']).describe('bins: the largest distance at the edges of the bins, no p'),
    })
    .nullable()
    .describe('null for categories'),
  rankTrend: z
    .strictObject({
      probability: z.number().describe('That a live value is larger than one of the reference, half of ties'),
      z: z.number().describe('Standard errors from one half, corrected for ties'),
      effectiveValues: z.number().describe('Of the smaller side, less what ties take away'),
    })
    .nullable()
    .describe('Wilcoxon–Mann–Whitney over the value bins; null for categories'),
  wasserstein: z.number().nullable().describe("In the variable's own unit"),
  verdict,
  unit: z
    .strictObject({
      factor: z.number().describe('How many times the usual values they are'),
      share: share.describe('Of the live values'),
    })
    .nullable()
    .describe('The other unit that live values seem to be in; null where none is guessed'),
  samplesNeeded: count
    .nullable()
    .describe(
      'How many more live rows bring the noise ceiling low enough to call it stable; null when it is, or when no number can',
    ),
  effect: z
    .number()
    .nullable()
    .describe(
      'What the move does to the scores: the change of what the bins bring to their log-odds, in standard deviations of the log-odds in the reference; null where that is not known',
    ),
  logOddsChange: z
    .number()
    .nullable()
    .describe("Change of the feature's mean contribution to the model's log-odds against the reference"),
  sentence: z.string().describe('What changed, in words'),
  unseenValues: z
    .array(z.strictObject({ value: z.string(), samples: count }))
    .describe('The most frequent; none of a sensitive feature'),
  summary: z
    .strictObject({ reference: summary, live: summary })
    .nullable()
    .describe('null for categories, and for features that the model calls sensitive'),
  bins: z.array(z.strictObject({ label: z.string(), reference: count, live: count })).describe('Counts'),
  slowDrift: z
    .strictObject({
      evidence: z
        .number()
        .describe(
          `What the daily bets on a change have won on average; slow drift from ${slowDriftRule.threshold} on`,
        ),
      direction: z.enum(['rises', 'falls']).nullable().describe('Whether values become larger or smaller'),
      since: instant.nullable().describe('Begin of the day on which it most likely began'),
    })
    .nullable()
    .describe('By calendar day (UTC), of all days so far; null for categories, and without times'),
  driftingSince: instant
    .nullable()
    .describe('Begin of the latest steps of time that all drift; null when the latest does not'),
  overTime: z
    .array(z.strictObject({ from: instant, ...measured, verdict }))
    .describe('One entry a step of time that holds rows; empty without times'),
});
