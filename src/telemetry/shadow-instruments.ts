import { type Instrument, modelLabels } from './instrument.ts';

const pair = [...modelLabels, 'shadow', 'shadow_version'] as const;

/** The metrics of shadows: models that score the rows of another one without answering. */
export const shadowInstruments = {
  agreement: {
    name: 'model_agreement_total',
    type: 'counter',
    unit: '{prediction}',
    labels: [...pair, 'prediction', 'shadow_prediction'],
    description: 'Rows by the prediction of the model that answered and the prediction of its shadow.',
  },
  shadowOutcomes: {
    name: 'model_shadow_outcomes_total',
    type: 'counter',
    unit: '{outcome}',
    labels: [...pair, 'right'],
    description:
      'Outcomes that count for both, by which of them was right: `both`, `champion`, `shadow` or `neither`.',
  },
  shadowRowsDropped: {
    name: 'model_shadow_rows_dropped_total',
    type: 'counter',
    unit: '{row}',
    labels: [...pair, 'reason'],
    description:
      'Rows that a shadow did not score: too many were waiting (`queue_full`), it `failed`, or a new version of either model has `other_classes`.',
  },
} as const satisfies Record<string, Instrument>;
