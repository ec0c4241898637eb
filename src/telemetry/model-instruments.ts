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
    metric === undefined ? [] : [[name, { ...metric, type: 'gauge', unit: '1', labels: drift }]],
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
    description: 'Time to score one validated input and to count it.',
  },
  predictFailures: {
    name: 'model_predict_failures_total',
    type: 'counter',
    unit: '{row}',
    labels: [...modelLabels, 'reason'],
    description:
      'Rows that the model could not predict, by reason: `timeout`, `unreachable`, `refused`, `bad_answer`, `busy`, `aborted` (the client went away), `internal` (a fault of the service, which its log tells). Nothing else was counted or kept of them.',
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
      'Values of numeric features, in the bins of the reference; the sum is without those of `model_feature_far_outside_range_total`.',
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
    unit: '1',
    labels: [...modelLabels, 'feature', 'bin'],
    description:
      'Share of the reference’s values below each value bin of a numeric variable, and half of the share in it.',
  },
  binEffect: {
    name: 'model_feature_bin_effect',
    type: 'gauge',
    unit: '1',
    labels: [...modelLabels, 'feature', 'bin'],
    description:
      'What a row in the bin brings to the log-odds of the score on average, in their standard deviations over the reference.',
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
    description: 'Share of the segment’s reference in each bin; 0 where the segment has none.',
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
      'Live values more than ten times the largest magnitude of the reference beyond its range: they are in no sum.',
  },
  inputRejected: {
    name: 'model_input_rejected_total',
    type: 'counter',
    unit: '{fault}',
    labels: [...modelLabels, 'feature', 'reason'],
    description:
      'Faults in refused inputs, and fields of observations that the model does not know and that are ignored; feature is empty for a fault of none of its features.',
  },
  inputsRefused: {
    name: 'model_inputs_refused_total',
    type: 'counter',
    unit: '{input}',
    labels: modelLabels,
    description:
      'Inputs of predictions and observations that were refused, each counted once however many faults it has.',
  },
  modelInfo: {
    name: 'model_info',
    type: 'gauge',
    unit: '',
    labels: [...modelLabels, 'target', 'positive', 'threshold', 'data_digest'],
    description: 'Constant 1 for the current version of each model, with what it is.',
  },
  ...driftStatisticInstruments,
  driftCeiling: {
    name: 'model_feature_drift_psi_noise_ceiling',
    type: 'gauge',
    unit: '1',
    labels: drift,
    description: 'PSI that chance alone stays under (z = 4.5).',
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
    unit: '1',
    labels: drift,
    description:
      'How many times the usual values those of the window are that seem to be in another unit; no series where none seems to be.',
  },
} as const satisfies Record<string, Instrument>;
