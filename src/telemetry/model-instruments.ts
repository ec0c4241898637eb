import { type DriftStatistic, type DriftStatisticName, driftStatistics } from '../stats/drift-statistics.ts';
import { type Instrument, modelAttributes } from './instrument.ts';

const segment = [...modelAttributes, 'segment_feature', 'segment', 'feature'] as const;
const drift = [...modelAttributes, 'feature', 'window'] as const;

/** The statistics of drift that are exported. */
type ExportedStatistic = {
  [Name in DriftStatisticName]: (typeof driftStatistics)[Name] extends { metric: object } ? Name : never;
}[DriftStatisticName];

/** One gauge for each of them. */
export const driftStatisticInstruments = Object.fromEntries<Instrument>(
  Object.entries<DriftStatistic>(driftStatistics).flatMap(([name, { metric }]) =>
    metric === undefined ? [] : [[name, { ...metric, type: 'gauge', unit: '', attributes: drift }]],
  ),
) as Record<ExportedStatistic, Instrument>;

/** What the service exposes of a model’s predictions and of drift. */
export const modelInstruments = {
  predictions: {
    name: 'model.predictions',
    type: 'counter',
    unit: '{prediction}',
    attributes: [...modelAttributes, 'prediction'],
    description: 'Predictions by predicted class.',
  },
  predictDuration: {
    name: 'model.predict.duration',
    type: 'histogram',
    unit: 's',
    attributes: modelAttributes,
    description: 'Time to score and count one validated input.',
  },
  predictFailures: {
    name: 'model.predict.failures',
    type: 'counter',
    unit: '{row}',
    attributes: [...modelAttributes, 'reason'],
    description:
      'Rows that the model could not predict, by reason: `timeout`, `unreachable`, `refused`, `bad_answer`, `busy`, `aborted` (the client disconnected), `internal` (an error of the service, described in its log). Nothing else is counted or stored of them.',
  },
  score: {
    name: 'model.score',
    type: 'histogram',
    unit: '1',
    attributes: modelAttributes,
    description: 'Scores, P(positive class), in the bins of the reference.',
  },
  featureValue: {
    name: 'model.feature.value',
    type: 'histogram',
    unit: '',
    attributes: [...modelAttributes, 'feature'],
    description:
      'Values of numeric features, in the bins of the reference; the sum excludes those in `model_feature_far_outside_range_total`.',
  },
  binObservations: {
    name: 'model.feature.bin.observations',
    type: 'counter',
    unit: '{observation}',
    attributes: [...modelAttributes, 'feature', 'bin'],
    description: 'Live observations by bin; the score counts under feature "(score)".',
  },
  referenceRatio: {
    name: 'model.feature.reference.ratio',
    type: 'gauge',
    unit: '1',
    attributes: [...modelAttributes, 'feature', 'bin'],
    description: 'Share of the reference in each bin.',
  },
  referenceSamples: {
    name: 'model.feature.reference.samples',
    type: 'gauge',
    unit: '{observation}',
    attributes: [...modelAttributes, 'feature'],
    description: 'Rows behind the reference.',
  },
  referenceMidRank: {
    name: 'model.feature.reference.mid_rank',
    type: 'gauge',
    unit: '',
    attributes: [...modelAttributes, 'feature', 'bin'],
    description:
      'Share of the reference’s values below each value bin of a numeric variable, and half of the share in it.',
  },
  binEffect: {
    name: 'model.feature.bin.effect',
    type: 'gauge',
    unit: '',
    attributes: [...modelAttributes, 'feature', 'bin'],
    description:
      'Average contribution of a row in the bin to the log-odds of the score, in standard deviations of the log-odds over the reference.',
  },
  segmentObservations: {
    name: 'model.segment.bin.observations',
    type: 'counter',
    unit: '{observation}',
    attributes: [...segment, 'bin'],
    description:
      'Live observations of a feature by bin within each segment, a category of a feature that the model names in `segments`.',
  },
  segmentReferenceRatio: {
    name: 'model.segment.reference.ratio',
    type: 'gauge',
    unit: '1',
    attributes: [...segment, 'bin'],
    description: 'Share of the segment’s reference in each bin; 0 if the segment has none.',
  },
  segmentReferenceSamples: {
    name: 'model.segment.reference.samples',
    type: 'gauge',
    unit: '{observation}',
    attributes: segment,
    description: 'Rows behind the segment’s reference.',
  },
  outsideRange: {
    name: 'model.feature.outside_range',
    type: 'counter',
    unit: '{observation}',
    attributes: [...modelAttributes, 'feature', 'side'],
    description: 'Live values below or above all reference values.',
  },
  farOutsideRange: {
    name: 'model.feature.far_outside_range',
    type: 'counter',
    unit: '{observation}',
    attributes: [...modelAttributes, 'feature', 'side'],
    description:
      'Live values beyond the range of the reference by more than ten times its largest magnitude: they are left out of all sums.',
  },
  inputRejected: {
    name: 'model.input.rejected',
    type: 'counter',
    unit: '{fault}',
    attributes: [...modelAttributes, 'feature', 'reason'],
    description:
      'Errors in rejected inputs, and ignored fields of observations that the model does not know; feature is empty for an error in none of its features.',
  },
  inputsRefused: {
    name: 'model.inputs.refused',
    type: 'counter',
    unit: '{input}',
    attributes: modelAttributes,
    description:
      'Inputs of predictions and observations that were rejected, each counted once, however many errors it has.',
  },
  modelInfo: {
    name: 'model.info',
    type: 'gauge',
    unit: '',
    attributes: [...modelAttributes, 'target', 'positive', 'threshold', 'data_digest'],
    description: 'Constant 1 for the current version of each model, with its description in the labels.',
  },
  ...driftStatisticInstruments,
  driftCeiling: {
    name: 'model.feature.drift.psi_noise_ceiling',
    type: 'gauge',
    unit: '',
    attributes: drift,
    description: 'PSI that chance alone stays below (z = 4.5).',
  },
  driftSamples: {
    name: 'model.feature.drift.samples',
    type: 'gauge',
    unit: '{observation}',
    attributes: drift,
    description: 'Observations in the window of this replica.',
  },
  unitFactor: {
    name: 'model.feature.unit_factor',
    type: 'gauge',
    unit: '',
    attributes: drift,
    description:
      'Factor between the window’s values that seem to be in another unit and the usual values; no series if none seem to be.',
  },
} as const satisfies Record<string, Instrument>;
