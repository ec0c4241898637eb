import { readUnverified } from './token.ts';

/** One line of the outcome file: what became of one prediction. */
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
};

/** What stays of an outcome that was deleted for good: a repetition can be told by it, and nothing else. */
export type ForgottenOutcome = {
  /** The key of the prediction's id (see `Token`), in hexadecimal. */
  readonly forgottenKey: string;
  /** When the prediction was made, in ms since 1970. */
  readonly predictedMs: number;
};

/** The line that takes the place of a deleted one, if that was an outcome of ours. */
export function forgetOutcome({ id }: { readonly id: string }): ForgottenOutcome | undefined {
  const token = readUnverified(id);
  return token && { forgottenKey: token.key.toString(16), predictedMs: token.timeMs };
}

export function isForgotten(line: Readonly<Record<string, unknown>>): line is ForgottenOutcome {
  const { forgottenKey, predictedMs } = line;
  return (
    typeof forgottenKey === 'string' &&
    /^[0-9a-f]{1,16}$/.test(forgottenKey) &&
    Number.isSafeInteger(predictedMs)
  );
}
