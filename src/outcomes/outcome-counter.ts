import { createHeldOutcomes } from './held-outcomes.ts';
import type { KnownModels } from './known-models.ts';
import type { ShadowPairs } from './shadow-pairs.ts';
import type { ShadowScores } from './shadow-scores.ts';
import type { Token } from './token.ts';
import { type Countable, createWaitingOutcomes, type Predicted } from './waiting-outcomes.ts';

/** What an outcome of one model means for its shadows, which score the same rows. */
export type ShadowOutcomes = { readonly scores: ShadowScores; readonly pairs: ShadowPairs };

/** Counts outcomes when they are due and their model version can count. */
export type OutcomeCounter = {
  /**
   * Counts how long an outcome took, if given, and the outcome itself, when it is due, if it `isOpen`.
   *
   * @param token the token of its prediction
   */
  add(token: Token, outcome: Omit<Countable, 'prediction'>, isOpen: boolean): void;
  /** Counts outcomes that were not due when they arrived and are now. */
  settle(): void;
  /** Whether so many wait for their version that no more should be accepted. */
  readonly isFull: boolean;
  /** The number of outcomes that are not counted yet. */
  readonly size: number;
};

/** @param maturityMs age of a prediction from which its outcome counts; at 0 the clock does not matter */
export function createOutcomeCounter(
  models: KnownModels,
  maturityMs: number,
  options: {
    readonly now?: () => number;
    readonly maxWaiting?: number | undefined;
    /** What shadows predicted for the same rows, to which the outcome also applies. */
    readonly shadows?: ShadowOutcomes | undefined;
    readonly onProblem: (message: string) => void;
  },
): OutcomeCounter {
  const { now = () => Date.now(), shadows } = options;
  const held = createHeldOutcomes({ now });
  const waiting = createWaitingOutcomes(models, options);

  function add(
    { model, timeMs, score, predictedClass, group }: Omit<Token, 'key' | 'group'> & Pick<Predicted, 'group'>,
    { outcome, delayS, place, onCounted }: Omit<Countable, 'prediction'>,
    isOpen: boolean,
  ): void {
    // not the whole token: half a million outcomes may have to wait
    const prediction = { score, predictedClass, group };
    const nowMs = now();
    // a prediction from the future was made while the clock was ahead: it is treated as made now
    const dueMs = Math.min(timeMs, nowMs) + maturityMs;
    const counts = isOpen && (maturityMs === 0 || dueMs <= nowMs);
    if (counts) waiting.add(model, { outcome, place, delayS, prediction, onCounted });
    else if (delayS !== undefined) waiting.add(model, { outcome, place, delayS });
    if (!isOpen || counts) return;
    held.hold({ dueMs, count: () => waiting.add(model, { outcome, place, prediction, onCounted }) });
  }

  return {
    add(token, countable, isOpen) {
      const { group, ...prediction } = token;
      add({ ...prediction, group }, countable, isOpen);
      const { outcome, delayS } = countable;
      for (const shadow of shadows?.scores.find(token.key) ?? []) {
        const onCounted = () => shadows?.pairs.addOutcome(token, shadow, outcome);
        add({ ...shadow, timeMs: token.timeMs }, { outcome, delayS, onCounted }, isOpen);
      }
    },
    settle() {
      held.release();
      waiting.release();
    },
    get isFull() {
      return waiting.isFull;
    },
    get size() {
      return held.size + waiting.size;
    },
  };
}
