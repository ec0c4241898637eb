import { createPauses, type Pause } from '../times/pauses.ts';
import { Problem } from './problem.ts';

/** What batches share, so that together they neither delay others nor fill the memory. */
export type BatchIntake = {
  /**
   * Reserves room for a body before it is read.
   *
   * @param bytes its length; if undefined, the maximum is assumed
   * @returns a function that frees the room
   * @throws Problem 503 if there is none
   */
  hold(bytes: number | undefined): () => void;
  /** Processes one batch after the other, in the order in which they arrived. */
  inTurn<Result>(work: (pause: Pause) => Promise<Result>): Promise<Result>;
};

/**
 * @param maxBytes of one body
 * @param maxBytesHeld of all bodies that are in memory at a time
 * @param refusal says the reason, for senders for whom there is no room
 */
export function createBatchIntake(options: {
  readonly maxBytes: number;
  readonly maxBytesHeld: number;
  readonly refusal: string;
}): BatchIntake {
  const { maxBytes, maxBytesHeld, refusal } = options;
  /** One for all batches: consecutive short ones must give others a turn, too. */
  const pause = createPauses();
  let bytesHeld = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    hold(bytes = maxBytes) {
      if (bytesHeld + bytes > maxBytesHeld) {
        throw new Problem('overloaded', refusal, {
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
