import { type Instrument, modelAttributes } from './instrument.ts';

const cell = [...modelAttributes, 'score_bin', 'prediction'] as const;

/** The metrics of outcomes, and of a model’s performance. */
export const performanceInstruments = {
  scoreBinPredictions: {
    name: 'model.score_bin.predictions',
    type: 'counter',
    unit: '{prediction}',
    attributes: cell,
    description: 'Predictions by score bin and predicted class.',
  },
  scoreBinExpectedPositives: {
    name: 'model.score_bin.expected_positives',
    type: 'counter',
    unit: '{prediction}',
    attributes: cell,
    description: 'Sum of the calibrated probabilities of the positive class over all predictions.',
  },
  scoreBinMatured: {
    name: 'model.score_bin.matured_predictions',
    type: 'counter',
    unit: '{prediction}',
    attributes: cell,
    description: 'Predictions that have reached the age at which their outcome counts.',
  },
  outcomes: {
    name: 'model.outcomes',
    type: 'counter',
    unit: '{outcome}',
    attributes: [...cell, 'outcome'],
    description: 'Outcomes that count: each once, and only of predictions that are old enough.',
  },
  expectedNegativesBelow: {
    name: 'model.score_bin.expected_negatives_below',
    type: 'counter',
    unit: '{prediction}',
    attributes: [...modelAttributes, 'score_bin'],
    description:
      'Like model_outcome_negatives_below_total, for the calibrated probabilities of all predictions.',
  },
  expectedPositivesAbove: {
    name: 'model.score_bin.expected_positives_above',
    type: 'counter',
    unit: '{prediction}',
    attributes: [...modelAttributes, 'score_bin'],
    description:
      'Sum of the calibrated probabilities over all predictions in higher score bins, plus half of those in this one.',
  },
  outcomeNegativesBelow: {
    name: 'model.outcome.negatives_below',
    type: 'counter',
    unit: '{outcome}',
    attributes: [...modelAttributes, 'score_bin'],
    description:
      'Negative outcomes in lower score bins, plus half of those in this one; multiplied by the positives here, the AUC’s numerator.',
  },
  outcomeScores: {
    name: 'model.outcome.scores',
    type: 'counter',
    unit: '1',
    attributes: cell,
    description: 'Sum of the scores of predictions whose outcome counts.',
  },
  outcomeExpected: {
    name: 'model.outcome.expected',
    type: 'counter',
    unit: '{outcome}',
    attributes: cell,
    description: 'Sum of the calibrated probabilities p of predictions whose outcome counts.',
  },
  outcomeVariance: {
    name: 'model.outcome.variance',
    type: 'counter',
    unit: '1',
    attributes: cell,
    description: 'Sum of p (1 - p) over the same predictions.',
  },
  outcomeSquaredErrors: {
    name: 'model.outcome.squared_errors',
    type: 'counter',
    unit: '1',
    attributes: cell,
    description: 'Sum of the squared differences between score and outcome: the Brier score’s numerator.',
  },
  outcomeLogLosses: {
    name: 'model.outcome.log_losses',
    type: 'counter',
    unit: '1',
    attributes: cell,
    description: 'Sum of -ln of the probability of the actual outcome: the log-loss’s numerator.',
  },
  outcomeDelay: {
    name: 'model.outcome.delay',
    type: 'histogram',
    unit: 's',
    attributes: [...modelAttributes, 'outcome'],
    description: 'Time from a prediction to its outcome, for every outcome accepted.',
  },
  outcomesReceived: {
    name: 'outcomes.received',
    type: 'counter',
    unit: '{outcome}',
    attributes: ['result'],
    description:
      'Outcomes reported to this replica, by what became of them; senders of deferred ones are asked to send them again.',
  },
  outcomesHeld: {
    name: 'outcomes.held',
    type: 'gauge',
    unit: '{outcome}',
    attributes: [],
    description:
      'Accepted outcomes that do not count yet: of a prediction that is too recent, of a version that is coming back, or before the first scrape.',
  },
  classInfo: {
    name: 'model.class.info',
    type: 'gauge',
    unit: '',
    attributes: [...modelAttributes, 'class', 'role'],
    description: 'Constant 1: which class is the positive one and which the negative.',
  },
  evaluation: {
    name: 'model.evaluation',
    type: 'gauge',
    unit: '',
    attributes: [...modelAttributes, 'metric'],
    description: 'Figures of the model on rows that it was not fitted on, cross-validated or held out.',
  },
  evaluationStandardError: {
    name: 'model.evaluation_standard_error',
    type: 'gauge',
    unit: '',
    attributes: [...modelAttributes, 'metric'],
    description: 'Standard errors of the figures in `model_evaluation`.',
  },
  trainingScoreVariance: {
    name: 'model.training.score_variance',
    type: 'gauge',
    unit: '',
    attributes: modelAttributes,
    description:
      'Variance of the calibrated scores between score bins over the training rows; absent once newer traffic is the reference.',
  },
  trainingPositiveRatio: {
    name: 'model.training.positive_ratio',
    type: 'gauge',
    unit: '1',
    attributes: modelAttributes,
    description:
      'Share of the positive class in the training rows; absent once newer traffic is the reference.',
  },
  comparedWith: {
    name: 'model.performance_reference',
    type: 'gauge',
    unit: '',
    attributes: [...modelAttributes, 'metric'],
    description:
      'The figures with which live ones are compared: the accuracy on rows that the model was not fitted on, and the AUC of their scores over the score bins, unless these are too coarse.',
  },
  rocAucShrinkage: {
    name: 'model.estimated_roc_auc_shrinkage',
    type: 'gauge',
    unit: '',
    attributes: modelAttributes,
    description:
      'Factor applied to the distance of an estimated AUC from ½, because the calibration sorts its own training rows too well.',
  },
  trainingRows: {
    name: 'model.training.rows',
    type: 'gauge',
    unit: '{row}',
    attributes: modelAttributes,
    description:
      'Rows that the model file was made from: those of the reference, and of the calibration if it has one.',
  },
  referenceScoreBin: {
    name: 'model.score_bin.reference_rows',
    type: 'gauge',
    unit: '{row}',
    attributes: [...modelAttributes, 'score_bin', 'score_band', 'outcome'],
    description:
      'Training rows by score bin (out of fold) and outcome, and the band of neighbouring bins that each is in.',
  },
  groupPredictions: {
    name: 'model.feature.bin.predictions',
    type: 'counter',
    unit: '{prediction}',
    attributes: [...modelAttributes, 'feature', 'bin', 'prediction'],
    description: 'Predictions by bin of each protected feature and predicted class.',
  },
  groupOutcomes: {
    name: 'model.feature.bin.outcomes',
    type: 'counter',
    unit: '{outcome}',
    attributes: [...modelAttributes, 'feature', 'bin', 'prediction', 'outcome'],
    description: 'Outcomes that count, by bin of each protected feature, predicted class and outcome.',
  },
} as const satisfies Record<string, Instrument>;
