import type { SpanContext } from '@opentelemetry/api';
import type { z } from 'zod';
import type { Artifact } from '../model/artifact.ts';
import type { Fault } from '../model/artifact-fault.ts';
import type { Row } from '../model/row.ts';
import type { Explanation } from './explanation.ts';

/** What a model says of one row. */
export type Prediction = {
  /** Of a binary model the probability of the positive class, 0 to 1. */
  readonly score: number;
  /** The class, where the predictor says it itself; otherwise it follows from the score and the threshold. */
  readonly prediction?: string;
};

/** Whom a prediction is made for. */
export type Call = {
  /** Aborted when the caller is no longer waiting for the answer. */
  readonly signal?: AbortSignal;
  /** The trace that the caller names; it goes along where there is no span of ours that could. */
  readonly callerTrace?: SpanContext | undefined;
};

/** How a model computes. */
export type Predictor = {
  /**
   * Predicts each row, in order: at once, or later. A predictor that can answer at once should: the request is then
   * answered without a promise.
   *
   * @param rows validated; not empty
   * @throws PredictorFailure (or rejects with it) when the rows cannot be predicted; nothing is recorded then
   */
  predict(rows: readonly Row[], call?: Call): readonly Prediction[] | Promise<readonly Prediction[]>;
  /** Only of models whose scores can be explained exactly. */
  readonly explanation?: Explanation;
  /** Lets go of connections and memory; the predictor is not asked any more. */
  close?(): Promise<void>;
};

/** A predictor that answers at once. */
export type FilePredictor = Omit<Predictor, 'predict'> & {
  predict(rows: readonly Row[]): readonly Prediction[];
};

/**
 * Why a predictor did not answer:
 * - `timeout`: it took too long;
 * - `unreachable`: no connection, or it broke before the answer was whole;
 * - `refused`: it answered that it will not or cannot predict these rows;
 * - `bad_answer`: what it answered is no prediction, or of another number of rows;
 * - `busy`: it has as much to do as it may; asking again later can help;
 * - `aborted`: the caller is no longer waiting for the answer;
 * - `internal`: it threw another error than a `PredictorFailure`, which is a fault of its own.
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

/** A prediction that could not be made. The message is shown to callers: it names no secret, no value of a row. */
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

/** Where a predictor is made. */
export type PredictorSurroundings = {
  /** The folder of the model file: relative paths in it start there. */
  readonly folder: string;
};

/** A kind of predictor: what the model file says of it, and how it is made from that. */
export type PredictorKind<Description> = {
  /** Of `predictor` in the model file, `kind` included; strict, so that a misspelt field is refused. */
  readonly schema: z.ZodType<Description>;
  /** What the shape alone cannot say; paths start within `predictor`. */
  faults?(description: Description, artifact: Artifact): Fault[];
  /** Fields with a path of a file, relative to the model file unless it is absolute. */
  readonly paths?: readonly string[];
  /** @throws Error (or rejects with it) in one line when it cannot be made here */
  create(
    description: Description,
    artifact: Artifact,
    surroundings: PredictorSurroundings,
  ): Predictor | Promise<Predictor>;
  /**
   * The model file says all of it: the predictor is made at once and answers at once, so that commands on files can use it
   * as well. Its `create` is a `FilePredictor`'s.
   */
  readonly needsOnlyFile?: true;
};
