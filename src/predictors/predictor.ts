import type { SpanContext } from '@opentelemetry/api';
import type { z } from 'zod';
import type { Artifact } from '../model/artifact.ts';
import type { Fault } from '../model/artifact-fault.ts';
import type { Row } from '../model/row.ts';
import type { Explanation } from './explanation.ts';

/** What a model predicts for one row. */
export type Prediction = {
  /** For a binary model, the probability of the positive class, 0 to 1. */
  readonly score: number;
  /** The class, if the predictor decides it itself; otherwise it follows from the score and the threshold. */
  readonly prediction?: string;
};

/** The caller for whom a prediction is made. */
export type Call = {
  /** Aborted when the caller is no longer waiting for the answer. */
  readonly signal?: AbortSignal;
  /** The caller's trace context; it is passed on if there is no span of our own. */
  readonly callerTrace?: SpanContext | undefined;
};

/** How a model computes. */
export type Predictor = {
  /**
   * Predicts each row, in order, synchronously or with a promise. A predictor that can answer synchronously should: the
   * request is then answered without a promise.
   *
   * @param rows validated; not empty
   * @throws PredictorFailure (or rejects with it) when the rows cannot be predicted; nothing is recorded then
   */
  predict(rows: readonly Row[], call?: Call): readonly Prediction[] | Promise<readonly Prediction[]>;
  /** Only for models whose scores can be explained exactly. */
  readonly explanation?: Explanation;
  /** Releases connections and memory; the predictor is not used any more. */
  close?(): Promise<void>;
};

/** A predictor that answers synchronously. */
export type FilePredictor = Omit<Predictor, 'predict'> & {
  predict(rows: readonly Row[]): readonly Prediction[];
};

/**
 * Why a predictor did not answer:
 * - `timeout`: it took too long;
 * - `unreachable`: no connection, or it broke before the answer was whole;
 * - `refused`: it rejected these rows or could not predict them;
 * - `bad_answer`: its answer is not a prediction, or is for a different number of rows;
 * - `busy`: it is at its capacity; retrying later can help;
 * - `aborted`: the caller is no longer waiting for the answer;
 * - `internal`: it threw an error other than a `PredictorFailure`, which is a bug in the predictor.
 */
export const failureReasons = [
  'timeout',
  'unreachable',
  'refused',
  'bad_answer',
  'busy',
  'aborted',
  'internal',
] as const;

export type FailureReason = (typeof failureReasons)[number];

/**
 * A prediction that could not be made. The message is shown to callers, so it contains no secret and no value of a row.
 */
export class PredictorFailure extends Error {
  readonly reason: FailureReason;
  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The failure of a call whose signal was aborted. */
export function abortedCall(): PredictorFailure {
  return new PredictorFailure('aborted', 'the caller is no longer waiting for the answer');
}

/** The context in which a predictor is made. */
export type PredictorSurroundings = {
  /** The folder of the model file, to which paths in it are relative. */
  readonly folder: string;
};

/** A kind of predictor: its description in the model file, and how it is made from that. */
export type PredictorKind<Description> = {
  /** The schema of `predictor` in the model file, including `kind`; strict, so that a misspelt field is refused. */
  readonly schema: z.ZodType<Description>;
  /** Faults that the schema alone cannot detect; paths start within `predictor`. */
  faults?(description: Description, artifact: Artifact): Fault[];
  /** Fields that contain a file path, relative to the model file unless absolute. */
  readonly paths?: readonly string[];
  /** @throws Error (or rejects with it) of one line if it cannot be made here */
  create(
    description: Description,
    artifact: Artifact,
    surroundings: PredictorSurroundings,
  ): Predictor | Promise<Predictor>;
  /**
   * True if the model file describes it completely: the predictor is made and answers synchronously, so commands on
   * files can use it, too. Its `create` is a `FilePredictor`'s.
   */
  readonly needsOnlyFile?: true;
};
