import type { Confusion } from '../stats/confusion.ts';
import { binInGroup, type GroupedFeature, type JointGroups } from './joint-groups.ts';
import { createWindows, type WindowName } from './windows.ts';

/** Counts of one bin: by class predicted and by outcome, negative first in both. */
const countsPerBin = 4;

/** Where the counts of one protected feature begin: see `groupCountIndex`. */
export type GroupLayout = GroupedFeature & { readonly offset: number };

/** What became of the decisions, by bin of each protected feature. */
export type GroupOutcomes = {
  /** How the inputs of the model are grouped. */
  readonly groups: JointGroups;
  readonly features: readonly GroupLayout[];
  /** Counts since the start, where `groupCountIndex` says. Read them, do not write them. */
  readonly totals: Readonly<Float64Array>;
  /**
   * Counts the outcome of a prediction in the bin of each feature.
   *
   * @param group the number of the joint group that the input was in
   */
  add(group: number, isPredicted: boolean, isPositive: boolean): void;
  /** Counts of the last 10 minutes, hour or day, laid out as `totals`; of the time since the start if that is less. */
  window(name: WindowName): Float64Array;
};

/** Where outcomes of one bin stand, given what was predicted (0 negative, 1 positive) and what came (the same). */
export function groupCountIndex(
  { offset }: GroupLayout,
  bin: number,
  predicted: number,
  outcome: number,
): number {
  return offset + countsPerBin * bin + 2 * predicted + outcome;
}

/** The confusion matrix of one bin. */
export function groupConfusion(layout: GroupLayout, bin: number, counts: ArrayLike<number>): Confusion {
  const count = (predicted: number, outcome: number) =>
    counts[groupCountIndex(layout, bin, predicted, outcome)];
  return {
    truePositives: count(1, 1),
    falsePositives: count(1, 0),
    trueNegatives: count(0, 0),
    falseNegatives: count(0, 1),
  };
}

/**
 * Makes the counts of outcomes by bin of protected features. They add up over replicas and time, and tell of no single
 * row. Memory is constant: it depends on the number of bins.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createGroupOutcomes(
  groups: JointGroups,
  now: () => number = () => performance.now(),
): GroupOutcomes {
  const features: GroupLayout[] = [];
  let length = 0;
  for (const feature of groups.features) {
    features.push({ ...feature, offset: length });
    length += countsPerBin * feature.size;
  }
  const totals = new Float64Array(length);
  const windows = createWindows(totals, now);
  return {
    groups,
    features,
    totals,
    add(group, isPredicted, isPositive) {
      windows.advance();
      for (const feature of features) {
        const bin = binInGroup(feature, group);
        totals[groupCountIndex(feature, bin, isPredicted ? 1 : 0, isPositive ? 1 : 0)]++;
      }
    },
    window: (name) => windows.since(name),
  };
}
