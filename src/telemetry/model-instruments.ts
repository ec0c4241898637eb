import { type DriftStatistic, type DriftStatisticName, driftStatistics } from '../stats/drift-statistics.ts';
import { type Instrument, modelLabels } from './instrument.ts';

const segment = [...modelLabels, 'segment_feature', 'segment', 'feature'] as const;
const drift = [...modelLabels, 'feature', 'window'] as const;

/** The statistics of drift that are exported. */
type ExportedStatistic = {
  [Name in DriftStatisticName]: (typeof driftStatistics)[Name] extends { metric: object } ? Name : never;
}[DriftStatisticName];

/** One gauge for each of them. */
export const driftStatisticInstruments = Object.fromEntries<Instrument>(
  Object.entries<DriftStatistic>(driftStatistics).flatMap(([name, { metric }]) =>
    metric === undefined ? [] : [[name, { ...metric, type: 'gauge', unit: '', labels: drift }]],
  ),
) as Record<ExportedStatistic, Instrument>;

/** What the service exposes of a model’s predictions and of drift. */
export const modelInstruments = {
  predictions: {
    name: 'model_predictions_total',
    type: 'counter',
    unit: '{prediction}',
    labels: [...modelLabels, 'prediction'],
    description: 'Predictions by predicted class.',
  },
  predictDuration: {
    name: 'model_predict_duration_seconds',
    type: 'histogram',
    unit: 's',
    labels: modelLabels,
    description: 'Time to score and count one validated input.',
  },
  predictFailures: {
    name: 'model_predict_failures_total',
    type: 'counter',
    unit: '{row}',
    labels: [...modelLabels, 'reason'],
    description:
      'Rows that the model could not predict, by reason: `timeout`, `unreachable`, `refused`, `bad_answer`, `busy`, `aborted` (the client disconnected), `internal` (an error of the service, described in its log). Nothing else is counted or stored of them.',
  },
  score: {
    name: 'model_score',
    type: 'histogram',
    unit: '1',
    labels: modelLabels,
    description: 'Scores, P(positive class), in the bins of the reference.',
  },
  featureValue: {
    name: 'model_feature_value',
    type: 'histogram',
    unit: '',
    labels: [...modelLabels, 'feature'],
    description:
      'Values of numeric features, in the bins of the reference; the sum excludes those in `model_feature_far_outside_range_total`.',
  },
  binObservations: {
    name: 'model_feature_bin_observations_total',
    type: 'counter',
    unit: '{observation}',
    labels: [...modelLabels, 'feature', 'bin'],
    description: 'Live observations by bin; the score counts under feature "(score)".',
  },
  referenceRatio: {
    name: 'model_feature_reference_ratio',
    type: 'gauge',
    unit: '1',
    labels: [...modelLabels, 'feature', 'bin'],
    description: 'Share of the reference in each bin.',
  },
  referenceSamples: {
    name: 'model_feature_reference_samples',
    type: 'gauge',
    unit: '{observation}',
    labels: [...modelLabels, 'feature'],
    description: 'Rows behind the reference.',
  },
  referenceMidRank: {
    name: 'model_feature_reference_mid_rank',
    type: 'gauge',
    unit: '',
    labels: [...modelLabels, 'feature', 'bin'],
    description:
      'Share of the reference’s values below each value bin of a numeric variable, and half of the share in it.',
  },
  binEffect: {
    name: 'model_feature_bin_effect',
    type: 'gauge',
    unit: '',
    labels: [...modelLabels, 'feature', 'bin'],
    description:
      'Average contribution of a row in the bin to the log-odds of the score, in standard deviations of the log-odds over the reference.',
  },
  segmentObservations: {
    name: 'model_segment_bin_observations_total',
    type: 'counter',
    unit: '{observation}',
    labels: [...segment, 'bin'],
    description:
      'Live observations of a feature by bin within each segment, a category of a feature that the model names in `segments`.',
  },
  segmentReferenceRatio: {
    name: 'model_segment_reference_ratio',
    type: 'gauge',
    unit: '1',
    labels: [...segment, 'bin'],
    description: 'Share of the segment’s reference in each bin; 0 if the segment has none.',
  },
  segmentReferenceSamples: {
    name: 'model_segment_reference_samples',
    type: 'gauge',
    unit: '{observation}',
    labels: segment,
    description: 'Rows behind the segment’s reference.',
  },
  outsideRange: {
    name: 'model_feature_outside_range_total',
    type: 'counter',
    unit: '{observation}',
    labels: [...modelLabels, 'feature', 'side'],
    description: 'Live values below or above all reference values.',
  },
  farOutsideRange: {
    name: 'model_feature_far_outside_range_total',
    type: 'counter',
    unit: '{observation}',
    labels: [...modelLabels, 'feature', 'side'],
    description:
      'Live values beyond the range of the reference by more than ten times its largest magnitude: they are left out of all sums.',
  },
  inputRejected: {
    name: 'model_input_rejected_total',
    type: 'counter',
    unit: '{fault}',
    labels: [...modelLabels, 'feature', 'reason'],
    description:
      'Errors in rejected inputs, and ignored fields of observations that the model does not know; feature is empty for an error in none of its features.',
  },
  inputsRefused: {
    name: 'model_inputs_refused_total',
    type: 'counter',
    unit: '{input}',
    labels: modelLabels,
    description:
      'Inputs of predictions and observations that were rejected, each counted once, however many errors it has.',
  },
  modelInfo: {
    name: 'model_info',
    type: 'gauge',
    unit: '',
    labels: [...modelLabels, 'target', 'positive', 'threshold', 'data_digest'],
    description: 'Constant 1 for the current version of each model, with its description in the labels.',
  },
  ...driftStatisticInstruments,
  driftCeiling: {
    name: 'model_feature_drift_psi_noise_ceiling',
    type: 'gauge',
    unit: '',
    labels: drift,
    description: 'PSI that chance alone stays below (z = 4.5).',
  },
  driftSamples: {
    name: 'model_feature_drift_samples',
    type: 'gauge',
    unit: '{observation}',
    labels: drift,
    description: 'Observations in the window of this replica.',
  },
  unitFactor: {
    name: 'model_feature_unit_factor',
    type: 'gauge',
    unit: '',
    labels: drift,
    description:
      'Factor between the window’s values that seem to be in another unit and the usual values; no series if none seem to be.',
  },
} as const satisfies Record<string, Instrument>;
