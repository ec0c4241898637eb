import { outcomeRule } from '../../../src/monitor/performance-calibration.ts';
import { scoreMeanRule } from '../../../src/monitor/score-mean.ts';
import type { Row } from '../compose.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { of, version } from '../model-queries.ts';
import { shortBands } from '../panel-expressions.ts';
import { perBand, perOutcome, positiveRatioByBand } from '../performance-queries.ts';
import { bars, binLabels, liveBars, number, referenceBars, table } from '../tables.ts';
import { asLive, asReference, asThreshold, timeSeries } from '../time-series.ts';
import { least, noOutcome, z } from './words.ts';

const calibrated = perOutcome('model_score_band:outcome_expected:increase');
/** Outcomes from which on the share of a band is worth a bar. */
const leastOutcomes = 20;
const enough = (byBand: string) =>
  `${byBand} and on (score_band) ${perBand('model_score_band:outcomes')} >= ${leastOutcomes}`;
const overTime = (metric: string) => `max(${of(metric)})`;

export const calibration: Row = {
  question: 'Do the scores still mean what they say?',
  panels: [
    bars(
      {
        title: 'Reliability diagram',
        description: `For each band of the score: the share of positive outcomes that the calibrated scores promise (grey outline) and the share that came (orange), over the chosen window. Of the same height: the scores are probabilities. Bands with fewer than ${leastOutcomes} outcomes differ by chance, and are in the table at the right alone. There are at most ten bands, with about the same number of held-out rows each; those of models of format version 1 have equal width instead.`,
        unit: 'percentunit',
        noData: `no band of the score has ${leastOutcomes} outcomes yet`,
      },
      [calibrated, positiveRatioByBand].map((expr) => ({ expr: shortBands(enough(expr)) })),
      'score_band',
      [
        { from: { label: 'score_band' }, name: 'Score', look: binLabels },
        { from: { query: 'A' }, name: 'expected', look: referenceBars },
        { from: { query: 'B' }, name: 'observed', look: liveBars },
      ],
    )
      .span(13)
      .height(12),
    table(
      {
        title: 'Outcomes by band of the score',
        description: `The bars in numbers. Score: the mean of the model’s own scores, before calibration. σ: how many standard deviations observed is from expected, the error of the calibration included; only where there is enough to say so. The sum of their squares is the χ² below.`,
        unit: 'none',
        noData: noOutcome,
      },
      [
        `${perBand('model_score_band:outcomes')} > 0`,
        perOutcome('model_score_band:outcome_scores:increase'),
        calibrated,
        positiveRatioByBand,
        perBand('model_score_band:observed_expected:z'),
      ].map((expr) => ({ expr: shortBands(expr) })),
      'score_band',
      [
        { from: { label: 'score_band' }, name: 'Band', width: 130, look: binLabels },
        { from: { query: 'A' }, name: 'Outcomes', look: number('locale', 0) },
        { from: { query: 'B' }, name: 'Score', look: number('percentunit', 1) },
        { from: { query: 'C' }, name: 'Expected', look: number('percentunit', 1) },
        { from: { query: 'D' }, name: 'Observed', look: number('percentunit', 1) },
        { from: { query: 'E' }, name: 'σ', look: number('none', 1) },
      ],
    )
      .height(12)
      .span(11),
    timeSeries(
      {
        title: 'Observed against expected',
        description: `Positive outcomes less expected ones in standard deviations, all scores together. Between the dashed lines at ±${z} is what chance explains; beyond them the alert also requires a deviation of more than ${least} of what is expected, too.`,
        unit: 'none',
        noData: noOutcome,
      },
      [
        { expr: overTime('model:observed_expected:z'), legend: 'observed − expected' },
        { expr: `${z} + 0 * ${overTime('model:observed_expected:z')}`, legend: 'too many' },
        { expr: `-${z} + 0 * ${overTime('model:observed_expected:z')}`, legend: 'too few' },
      ],
    )
      .overrideByQuery('A', [...asLive, { id: 'custom.fillOpacity', value: 0 }])
      .overrideByQuery('B', asThreshold())
      .overrideByQuery('C', asThreshold())
      .links([asPanelLink(toRunbook('ModelOutcomesUnexpected'))]),
    timeSeries(
      {
        title: 'Calibration over the bands',
        description: `Sum of the squared σ of the bands (χ²), so that too many positives in one band do not cancel out too few in another. Above the ceiling, which chance passes at z = ${outcomeRule.bandsZ}, and by more than ${least} of what is expected, the calibration is broken.`,
        unit: 'none',
        noData: 'no band of the score has enough outcomes yet',
      },
      [
        { expr: overTime('model:calibration:chi_square'), legend: 'χ²' },
        { expr: overTime('model:calibration:chi_square_noise_ceiling'), legend: 'noise ceiling' },
      ],
    )
      .overrideByQuery('A', [...asLive])
      .overrideByQuery('B', asThreshold())
      .links([asPanelLink(toRunbook('ModelCalibrationBroken'))]),
    timeSeries(
      {
        title: 'Positives to be expected',
        description: `The mean calibrated score over the chosen window (orange) beside the share of positives in the reference (grey). No outcome is needed. The alert asks for more than ${scoreMeanRule.minChange * 100} % of that share and ${scoreMeanRule.ceilingZ} standard errors between them, over a day or a week.`,
        unit: 'percentunit',
        noData: 'no prediction in the window',
      },
      [
        { expr: overTime('model:score_mean'), legend: 'mean calibrated score' },
        { expr: `max(model_training_positive_ratio{${version}})`, legend: 'positives in the reference' },
      ],
      24,
    )
      .overrideByQuery('A', [...asLive, { id: 'custom.fillOpacity', value: 0 }])
      .overrideByQuery('B', [...asReference])
      .links([asPanelLink(toRunbook('ModelScoreMeanShifted'))]),
  ],
};
