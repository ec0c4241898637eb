import { type Instrument, modelAttributes } from './instrument.ts';

/** What the library's `watch` exposes besides the metrics of a model; the service has no such thing. */
export const watchFailures = {
  name: 'model.watch.failures',
  type: 'counter',
  unit: '{answer}',
  attributes: [...modelAttributes, 'reason'],
  description:
    'Answers that were not counted: a function that reads them failed, or too many rows were waiting to be counted.',
} as const satisfies Instrument;
