import type { SharedStore } from '../outcomes/shared-store.ts';
import { createPauses } from '../times/pauses.ts';
import { createObservationRepeats, type ObservationRepeats } from './observation-repeats.ts';
import { observationLimits, type Pause } from './observation-rows.ts';
import { Problem } from './problem.ts';

/** Bodies that may be in memory at a time: four of the largest, or some hundreds of a thousand rows. */
const maxBytesHeld = 4 * observationLimits.bytes;

/** What the batches of one service share, so that all of them together hold up nobody and fill no memory. */
export type ObservationIntake = ObservationRepeats & {
  /**
   * Makes room for a body before it is read.
   *
   * @param bytes its length; undefined where that is not known, which may be the greatest
   * @returns a function that frees the room
   * @throws Problem 503 where there is none
   */
  hold(bytes: number | undefined): () => void;
  /** Does the work on one batch after the other, in the order in which they came. */
  inTurn<Result>(work: (pause: Pause) => Promise<Result>): Promise<Result>;
};

/** @param shared where replicas tell each other which batches they have taken, if they do */
export function createObservationIntake(shared?: SharedStore): ObservationIntake {
  /** One for all batches: short ones that follow each other must let others have a turn, too. */
  const pause = createPauses();
  let bytesHeld = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...createObservationRepeats(shared),
    hold(bytes = observationLimits.bytes) {
      if (bytesHeld + bytes > maxBytesHeld) {
        throw new Problem('overloaded', 'too many observations are being taken: send these again', {
          // the body is not read
          headers: { 'retry-after': '1', connection: 'close' },
        });
      }
      bytesHeld += bytes;
      return () => {
        bytesHeld -= bytes;
      };
    },
    inTurn(work) {
      const done = last.then(() => work(pause));
      last = done.catch(() => {});
      return done;
    },
  };
}
