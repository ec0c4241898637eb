import { createRecurringFaults } from '../times/recurring-faults.ts';

export type OverloadNotice = {
  /** A line is dropped because too many are waiting. */
  begin(): void;
  /** No line is waiting any more. */
  end(): void;
};

/**
 * Reports once that lines arrive faster than they can be written, and when that is over.
 *
 * @param dropped the lines dropped for that reason so far
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
        `${path}: cannot be written as fast as lines arrive: over ${maxPendingBytes} bytes are waiting, and further lines are dropped`,
      );
    },
    end() {
      if (!faults.end()) return;
      onProblem(`${path}: written in time again; ${dropped.queue_full - droppedBefore} lines were dropped`);
    },
  };
}
