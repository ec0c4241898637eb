import type { FigureName } from './measure.ts';

/** What people call the figures. */
export const figureTitles: Readonly<Record<FigureName, string>> = {
  accuracy: 'accuracy',
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
  rocAuc: 'ROC AUC',
  brier: 'Brier score',
  logLoss: 'log-loss',
  expectedCalibrationError: 'calibration error',
};
