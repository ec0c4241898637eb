import { createRecurringFaults } from '../times/recurring-faults.ts';

export type OverloadNotice = {
  /** A line is dropped, as too many wait. */
  begin(): void;
  /** None waits any more. */
  end(): void;
};

/**
 * Says that lines come faster than they can be written, once, and when that is over.
 *
 * @param dropped the lines that were dropped for that so far
 */
export function createOverloadNotice(
  path: string,
  maxPendingBytes: number,
  dropped: { readonly queue_full: number },
  onProblem: (message: string) => void,
): OverloadNotice {
  const faults = createRecurringFaults();
  let droppedBefore = 0;
  return {
    begin() {
      if (!faults.begin('overload')) return;
      droppedBefore = dropped.queue_full;
      onProblem(
        `${path}: cannot be written as fast as lines come: over ${maxPendingBytes} bytes wait, and further lines are dropped`,
      );
    },
    end() {
      if (!faults.end()) return;
      onProblem(`${path}: written in time again; ${dropped.queue_full - droppedBefore} lines were dropped`);
    },
  };
}
