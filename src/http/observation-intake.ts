import type { SharedStore } from '../outcomes/shared-store.ts';
import { type BatchIntake, createBatchIntake } from './batch-intake.ts';
import { createObservationRepeats, type ObservationRepeats } from './observation-repeats.ts';

/** The maximum number of rows, and of bytes, in one request. */
export const observationLimits = { rows: 10_000, bytes: 16 * 1024 * 1024 } as const;

/** What a service's batches of observations share. */
export type ObservationIntake = ObservationRepeats & BatchIntake;

/** @param shared where replicas tell each other which batches they have accepted, if they do */
export function createObservationIntake(shared?: SharedStore): ObservationIntake {
  return {
    ...createObservationRepeats(shared),
    ...createBatchIntake({
      maxBytes: observationLimits.bytes,
      // four of the largest, or some hundreds with a thousand rows each
      maxBytesHeld: 4 * observationLimits.bytes,
      refusal: 'too many observations are being processed: send these again',
    }),
  };
}
