import { z } from 'zod';
import { severityLabels } from '../../alerts/severities.ts';
import { type CountedBin, labelledCounts } from '../../stats/counted-bins.ts';
import { driftRule } from '../../stats/drift.ts';
import { count, instant, share, variable, verdict } from './variable-schema.ts';

const segmentVariable = z.strictObject({
  name: z.string(),
  samples: count,
  referenceSamples: count,
  psi: variable.shape.psi,
  psiNoiseCeiling: variable.shape.psiNoiseCeiling,
  threshold: variable.shape.threshold,
  rankTrend: variable.shape.rankTrend,
  effect: variable.shape.effect,
  verdict,
  sentence: z.string().nullable().describe('What changed, in words; null unless it drifts or has moved'),
});

const segment = z.strictObject({
  column: z.string(),
  value: z.string().describe('The category, the range of numbers, other, missing, or unseen'),
  samples: count,
  referenceSamples: count,
  verdict: verdict.describe('The worst of its variables'),
  variables: z
    .array(segmentVariable)
    .describe('Features without the column itself, and the score; worst first'),
});

const segments = z.strictObject({
  by: z.array(z.string()).describe('The columns that cut rows into segments'),
  comparisons: count.describe('Segments times variables'),
  expectedFalseAlarms: z
    .number()
    .describe('How many of the comparisons chance alone is expected to call drifting, at most'),
  segments: z.array(segment).describe('Worst first; without those that hold no row on either side'),
});

const together = z.strictObject({
  rocAuc: z
    .number()
    .describe('Of a classifier that tells live rows from the reference, on rows it was not fitted on'),
  standardError: z.number(),
  referenceSamples: count.describe('Rows it was given, a sample of many'),
  samples: count.describe('Live rows it was given, a sample of many'),
  verdict: verdict.describe(
    `moved: AUC more than ${driftRule.minTrend} and more than ${driftRule.ceilingZ} standard errors above one half; undetermined: not, and its error could hide a shift by half a standard deviation`,
  ),
  terms: z
    .array(z.strictObject({ name: z.string(), share: z.number() }))
    .describe('What it goes by: features, squares (spread), products (how two go together); largest first'),
});

const alarm = z.strictObject({
  alert: z.string(),
  severity: z.enum([...new Set(Object.values(severityLabels).flatMap((labels) => Object.values(labels)))]),
  feature: z.string().nullable(),
  from: instant.describe('When it would have begun to fire'),
  to: instant.nullable().describe('When it would have been resolved; null when it fired to the end'),
  value: z
    .number()
    .describe('The largest value while it fired: a PSI, a share, or the evidence of slow drift'),
});

const driftReport = z.strictObject({
  model: z.strictObject({ name: z.string(), version: z.string() }).nullable(),
  reference: z.strictObject({
    origin: z.enum(['training', 'traffic', 'file']),
    samples: count,
    version: z.string().nullable().describe('Model version of its rows; null when they do not tell'),
  }),
  live: z.strictObject({
    samples: count,
    damagedLines: count,
    from: instant.nullable(),
    to: instant.nullable(),
    kind: z
      .enum(['requests', 'rows'])
      .describe('requests: samples of a service; rows: of a table, or plain JSON'),
    damaged: z
      .array(z.strictObject({ source: z.string(), line: count, reason: z.string() }))
      .describe('The first few damaged lines'),
    otherVersions: z
      .array(z.strictObject({ version: z.string(), samples: count }))
      .describe('Rows of other model versions, which are left out'),
  }),
  rule: z.strictObject({
    minPsi: z.number(),
    minMovedPsi: z.number(),
    minTrend: z.number(),
    ceilingZ: z.number(),
    undeterminedCeiling: z.number(),
    pseudoCount: z.number(),
    slowDriftThreshold: z.number(),
  }),
  verdict: verdict.describe(
    'The worst of the variables, the segments, and all features together; drifting also where a variable drifts slowly',
  ),
  headline: z.string().describe('The verdict in words'),
  consequence: z
    .string()
    .nullable()
    .describe('What moves the score most; null without a model, or where the verdict is undetermined'),
  features: z.array(variable).describe('Drifting first, then moved; among these by effect'),
  score: variable.nullable().describe("The model's output, monitored as if it were a feature"),
  segments: segments
    .nullable()
    .describe('With --by: live rows and reference cut alike, each segment with thresholds of its own size'),
  together: together
    .nullable()
    .describe(
      'All features together; null unless both sides have 50 rows with values and two features to compare',
    ),
  predictions: z
    .array(z.strictObject({ class: z.string(), reference: share.nullable(), live: share }))
    .nullable()
    .describe('Share of each predicted class'),
  positive: z
    .string()
    .nullable()
    .describe('The class that the scores are probabilities of; null without a model'),
  expectedShare: z
    .strictObject({
      doubts: z
        .array(z.string())
        .describe(
          'Why it is not to be trusted: inputs that the reference does not cover; empty where it may be',
        ),
      mean: z.number().nullable().describe('Mean calibrated score: the share of positives to be expected'),
      training: share.describe('Share of positives in the reference'),
      z: z.number().nullable().describe('Standard errors between them, with six rows counted as one'),
      hasShifted: z.boolean().describe('Whether ModelScoreMeanShifted takes it for a shift'),
      ifOnlySharesChanged: z
        .number()
        .nullable()
        .describe(
          'The share of positives if nothing but the shares of the classes has changed; null where the scores do not tell',
        ),
    })
    .nullable()
    .describe('null without a model or scores, or when its reference is newer traffic'),
  stepSeconds: count.nullable().describe('Length of the steps of `overTime`'),
  alarms: z.array(alarm).nullable().describe('With --backtest: the alerts that would have fired'),
  notes: z.array(z.string()),
});

type PublishedReport = z.infer<typeof driftReport>;

/** What a report says of one variable. */
export type ReportVariable = Omit<PublishedReport['features'][number], 'bins'> & {
  readonly bins: readonly CountedBin[];
};

/** A drift report; text, page and JSON show what is in it. */
export type DriftReport = Omit<PublishedReport, 'features' | 'score'> & {
  readonly features: ReportVariable[];
  readonly score: ReportVariable | null;
};

export type ReportSegment = NonNullable<DriftReport['segments']>['segments'][number];
export type Alarm = z.infer<typeof alarm>;

/** The report as `npm run drift -- --json` prints it, and as the published schema describes it. */
export function publishedReport(report: DriftReport): PublishedReport {
  const published = (one: ReportVariable) => ({ ...one, bins: labelledCounts(one.bins) });
  return {
    ...report,
    features: report.features.map(published),
    score: report.score && published(report.score),
  };
}

/** The JSON Schema (draft 2020-12) of the report, as published in docs/drift-report.schema.json. */
export function driftReportJsonSchema(): object {
  return { title: 'Vigia drift report', ...z.toJSONSchema(driftReport) };
}
