import { type Instrument, modelLabels } from './instrument.ts';

const cell = [...modelLabels, 'score_bin', 'prediction'] as const;

/** The metrics of outcomes, and of a model’s performance. */
export const performanceInstruments = {
  scoreBinPredictions: {
    name: 'model_score_bin_predictions_total',
    type: 'counter',
    unit: '{prediction}',
    labels: cell,
    description: 'Predictions by score bin and predicted class.',
  },
  scoreBinExpectedPositives: {
    name: 'model_score_bin_expected_positives_total',
    type: 'counter',
    unit: '{prediction}',
    labels: cell,
    description: 'Sum of the calibrated probabilities of the positive class over all predictions.',
  },
  scoreBinMatured: {
    name: 'model_score_bin_matured_predictions_total',
    type: 'counter',
    unit: '{prediction}',
    labels: cell,
    description: 'Predictions that have reached the age at which their outcome counts.',
  },
  outcomes: {
    name: 'model_outcomes_total',
    type: 'counter',
    unit: '{outcome}',
    labels: [...cell, 'outcome'],
    description: 'Outcomes that count: each once, and only of predictions that are old enough.',
  },
  expectedNegativesBelow: {
    name: 'model_score_bin_expected_negatives_below_total',
    type: 'counter',
    unit: '{prediction}',
    labels: [...modelLabels, 'score_bin'],
    description:
      'Like model_outcome_negatives_below_total, for the calibrated probabilities of all predictions.',
  },
  expectedPositivesAbove: {
    name: 'model_score_bin_expected_positives_above_total',
    type: 'counter',
    unit: '{prediction}',
    labels: [...modelLabels, 'score_bin'],
    description:
      'Sum of the calibrated probabilities over all predictions in higher score bins, plus half of those in this one.',
  },
  outcomeNegativesBelow: {
    name: 'model_outcome_negatives_below_total',
    type: 'counter',
    unit: '{outcome}',
    labels: [...modelLabels, 'score_bin'],
    description:
      'Negative outcomes in lower score bins, plus half of those in this one; multiplied by the positives here, the AUC’s numerator.',
  },
  outcomeScores: {
    name: 'model_outcome_scores_total',
    type: 'counter',
    unit: '1',
    labels: cell,
    description: 'Sum of the scores of predictions whose outcome counts.',
  },
  outcomeExpected: {
    name: 'model_outcome_expected_total',
    type: 'counter',
    unit: '{outcome}',
    labels: cell,
    description: 'Sum of the calibrated probabilities p of predictions whose outcome counts.',
  },
  outcomeVariance: {
    name: 'model_outcome_variance_total',
    type: 'counter',
    unit: '1',
    labels: cell,
    description: 'Sum of p (1 - p) over the same predictions.',
  },
  outcomeSquaredErrors: {
    name: 'model_outcome_squared_errors_total',
    type: 'counter',
    unit: '1',
    labels: cell,
    description: 'Sum of the squared differences between score and outcome: the Brier score’s numerator.',
  },
  outcomeLogLosses: {
    name: 'model_outcome_log_losses_total',
    type: 'counter',
    unit: '1',
    labels: cell,
    description: 'Sum of -ln of the probability of the actual outcome: the log-loss’s numerator.',
  },
  outcomeDelay: {
    name: 'model_outcome_delay_seconds',
    type: 'histogram',
    unit: 's',
    labels: [...modelLabels, 'outcome'],
    description: 'Time from a prediction to its outcome, for every outcome accepted.',
  },
  outcomesReceived: {
    name: 'outcomes_received_total',
    type: 'counter',
    unit: '{outcome}',
    labels: ['result'],
    description:
      'Outcomes reported to this replica, by what became of them; senders of deferred ones are asked to send them again.',
  },
  outcomesHeld: {
    name: 'outcomes_held',
    type: 'gauge',
    unit: '{outcome}',
    labels: [],
    description:
      'Accepted outcomes that do not count yet: of a prediction that is too recent, of a version that is coming back, or before the first scrape.',
  },
  classInfo: {
    name: 'model_class_info',
    type: 'gauge',
    unit: '',
    labels: [...modelLabels, 'class', 'role'],
    description: 'Constant 1: which class is the positive one and which the negative.',
  },
  evaluation: {
    name: 'model_evaluation',
    type: 'gauge',
    unit: '',
    labels: [...modelLabels, 'metric'],
    description: 'Figures of the model on rows that it was not fitted on, cross-validated or held out.',
  },
  evaluationStandardError: {
    name: 'model_evaluation_standard_error',
    type: 'gauge',
    unit: '',
    labels: [...modelLabels, 'metric'],
    description: 'Standard errors of the figures in `model_evaluation`.',
  },
  trainingScoreVariance: {
    name: 'model_training_score_variance',
    type: 'gauge',
    unit: '',
    labels: modelLabels,
    description:
      'Variance of the calibrated scores between score bins over the training rows; absent once newer traffic is the reference.',
  },
  trainingPositiveRatio: {
    name: 'model_training_positive_ratio',
    type: 'gauge',
    unit: '1',
    labels: modelLabels,
    description:
      'Share of the positive class in the training rows; absent once newer traffic is the reference.',
  },
  comparedWith: {
    name: 'model_performance_reference',
    type: 'gauge',
    unit: '',
    labels: [...modelLabels, 'metric'],
    description:
      'The figures with which live ones are compared: the accuracy on rows that the model was not fitted on, and the AUC of their scores over the score bins, unless these are too coarse.',
  },
  rocAucShrinkage: {
    name: 'model_estimated_roc_auc_shrinkage',
    type: 'gauge',
    unit: '',
    labels: modelLabels,
    description:
      'Factor applied to the distance of an estimated AUC from ½, because the calibration sorts its own training rows too well.',
  },
  trainingRows: {
    name: 'model_training_rows',
    type: 'gauge',
    unit: '{row}',
    labels: modelLabels,
    description:
      'Rows that the model file was made from: those of the reference, and of the calibration if it has one.',
  },
  referenceScoreBin: {
    name: 'model_score_bin_reference_rows',
    type: 'gauge',
    unit: '{row}',
    labels: [...modelLabels, 'score_bin', 'score_band', 'outcome'],
    description:
      'Training rows by score bin (out of fold) and outcome, and the band of neighbouring bins that each is in.',
  },
  groupPredictions: {
    name: 'model_feature_bin_predictions_total',
    type: 'counter',
    unit: '{prediction}',
    labels: [...modelLabels, 'feature', 'bin', 'prediction'],
    description: 'Predictions by bin of each protected feature and predicted class.',
  },
  groupOutcomes: {
    name: 'model_feature_bin_outcomes_total',
    type: 'counter',
    unit: '{outcome}',
    labels: [...modelLabels, 'feature', 'bin', 'prediction', 'outcome'],
    description: 'Outcomes that count, by bin of each protected feature, predicted class and outcome.',
  },
} as const satisfies Record<string, Instrument>;
