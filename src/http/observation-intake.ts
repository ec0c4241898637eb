import type { SharedStore } from '../outcomes/shared-store.ts';
import { type BatchIntake, createBatchIntake } from './batch-intake.ts';
import { createObservationRepeats, type ObservationRepeats } from './observation-repeats.ts';

/** The most rows that one request may bring, and the most bytes. */
export const observationLimits = { rows: 10_000, bytes: 16 * 1024 * 1024 } as const;

/** What the batches of observations of one service share. */
export type ObservationIntake = ObservationRepeats & BatchIntake;

/** @param shared where replicas tell each other which batches they have taken, if they do */
export function createObservationIntake(shared?: SharedStore): ObservationIntake {
  return {
    ...createObservationRepeats(shared),
    ...createBatchIntake({
      maxBytes: observationLimits.bytes,
      // four of the largest, or some hundreds of a thousand rows
      maxBytesHeld: 4 * observationLimits.bytes,
      refusal: 'too many observations are being taken: send these again',
    }),
  };
}
