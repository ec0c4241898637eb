import { type Instrument, modelAttributes } from './instrument.ts';

const pair = [...modelAttributes, 'shadow', 'shadow_version'] as const;

/** The metrics of shadows: models that score the rows of another one without answering. */
export const shadowInstruments = {
  agreement: {
    name: 'model.agreement',
    type: 'counter',
    unit: '{prediction}',
    attributes: [...pair, 'prediction', 'shadow_prediction'],
    description: 'Rows by the prediction of the model that answered and the prediction of its shadow.',
  },
  shadowOutcomes: {
    name: 'model.shadow.outcomes',
    type: 'counter',
    unit: '{outcome}',
    attributes: [...pair, 'right'],
    description:
      'Outcomes that count for both, by which of them was right: `both`, `champion`, `shadow` or `neither`.',
  },
  shadowRowsDropped: {
    name: 'model.shadow.rows_dropped',
    type: 'counter',
    unit: '{row}',
    attributes: [...pair, 'reason'],
    description:
      'Rows that a shadow did not score: too many were waiting (`queue_full`), it `failed`, or a new version of either model has `other_classes`.',
  },
} as const satisfies Record<string, Instrument>;
