import { readUnverified } from './token.ts';

/** One line of the outcome file: the outcome of one prediction. */
export type Outcome = {
  /** When it was accepted; ISO 8601, UTC. */
  readonly time: string;
  /** The id that the prediction was answered with. */
  readonly id: string;
  /** One of the model's two classes. */
  readonly outcome: string;
  readonly model: string;
  readonly version: string;
  /** P(positive class). */
  readonly score: number;
  readonly prediction: string;
  /** ISO 8601, UTC. */
  readonly predictedAt: string;
  /** Which of the processes that write the file concurrently has written it (see `Slots`). */
  readonly slot: number;
  /** Its number among the lines of the slot, from 1 on. */
  readonly line: number;
  /** The number of the last of the lines that were written together with it. */
  readonly lastLine: number;
};

/** What remains of an outcome that was permanently deleted: just enough to recognise a repetition. */
export type ForgottenOutcome = {
  /** The key of the prediction's id (see `Token`), in hexadecimal. */
  readonly forgottenKey: string;
  /** When the prediction was made, in ms since 1970. */
  readonly predictedMs: number;
  /** The position of the line, if it had a number. */
  readonly slot?: unknown;
  readonly line?: unknown;
};

/** The line that replaces a deleted one, if that was one of this service's outcomes. */
export function forgetOutcome(
  outcome: { readonly id: string } & Partial<Pick<ForgottenOutcome, 'slot' | 'line'>>,
): ForgottenOutcome | undefined {
  const { id, slot, line } = outcome;
  const token = readUnverified(id);
  return (
    token && {
      forgottenKey: token.key.toString(16),
      predictedMs: token.timeMs,
      ...(Number.isSafeInteger(slot) && Number.isSafeInteger(line) && { slot, line }),
    }
  );
}

export function isForgotten(line: Readonly<Record<string, unknown>>): line is ForgottenOutcome {
  const { forgottenKey, predictedMs } = line;
  return (
    typeof forgottenKey === 'string' &&
    /^[0-9a-f]{1,16}$/.test(forgottenKey) &&
    Number.isSafeInteger(predictedMs)
  );
}
