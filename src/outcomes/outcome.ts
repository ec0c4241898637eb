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
