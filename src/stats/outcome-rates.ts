import { type Confusion, falsePositiveRate, recall } from './confusion.ts';
import type { Interval } from './interval.ts';
import { wilsonInterval } from './wilson-interval.ts';

/** A share of outcomes; the share and its interval are `null` if it is not known. */
export type OutcomeRate = {
  readonly value: number | null;
  /** The number of outcomes that it is a share of. */
  readonly outcomes: number;
  /** 95 %, by `wilsonInterval`. */
  readonly interval: Interval | null;
};

/** What the equalised-odds criterion compares: how often the positive class was predicted, by outcome. */
export type OutcomeRates = {
  /** Of positive outcomes, those that were predicted: recall. */
  readonly truePositiveRate: OutcomeRate;
  /** Of negative outcomes, those that were predicted positive: the false-positive rate. */
  readonly falsePositiveRate: OutcomeRate;
};

/**
 * True- and false-positive rate of a confusion matrix.
 *
 * @param isIdentified whether the outcomes represent all decisions; if not, the rates are not known
 *
 * Source: M. Hardt, E. Price, N. Srebro, Equality of Opportunity in Supervised Learning, NIPS 2016.
 */
export function outcomeRates(counts: Confusion, isIdentified = true): OutcomeRates {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = counts;
  const rate = (value: number | null, outcomes: number) =>
    value === null || !isIdentified
      ? { value: null, outcomes, interval: null }
      : { value, outcomes, interval: wilsonInterval(value, outcomes) };
  return {
    truePositiveRate: rate(recall(counts), truePositives + falseNegatives),
    falsePositiveRate: rate(falsePositiveRate(counts), falsePositives + trueNegatives),
  };
}
