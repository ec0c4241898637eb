import type { CountedFault, RejectionReason } from '../monitor/model-counts.ts';

/** Why a row is refused. */
export class RowFault {
  readonly code: RejectionReason;
  /** JSON pointer (RFC 6901) from the row to the value at fault. */
  readonly pointer: string;
  readonly message: string;
  readonly counts: readonly CountedFault[];

  constructor(
    code: RejectionReason,
    pointer: string,
    message: string,
    counts: readonly CountedFault[] = [{ feature: '', code, count: 1 }],
  ) {
    this.code = code;
    this.pointer = pointer;
    this.message = message;
    this.counts = counts;
  }
}
