import { binInGroup, type GroupedFeature, type JointGroups } from './joint-groups.ts';
import { createWindows, type WindowName } from './windows.ts';

/** Where the counts of one protected feature begin; depends on the number of classes: see `groupCountIndex`. */
export type GroupLayout = GroupedFeature & { readonly offset: number; readonly classes: number };

/** The outcomes of decisions, by bin of each protected feature. */
export type GroupOutcomes = {
  /** How the inputs of the model are grouped. */
  readonly groups: JointGroups;
  readonly features: readonly GroupLayout[];
  /** Counts since the start, at the indexes that `groupCountIndex` gives. Read-only for callers. */
  readonly totals: Readonly<Float64Array>;
  /**
   * Counts the outcome of a prediction in the bin of each feature.
   *
   * @param group the number of the joint group that the input was in
   * @param predictedClass index among the classes, like `outcome`
   */
  add(group: number, predictedClass: number, outcome: number): void;
  /** Counts of the last 10 minutes, hour or day, or since the start if that is shorter; same layout as `totals`. */
  window(name: WindowName): Float64Array;
};

/** The index of one bin's count for a predicted and an actual class, each given by its index among the classes. */
export function groupCountIndex(
  { offset, classes }: GroupLayout,
  bin: number,
  predictedClass: number,
  outcome: number,
): number {
  return offset + (classes * bin + predictedClass) * classes + outcome;
}

/**
 * Makes the counts of outcomes by bin of protected features. They add up over replicas and time, and reveal nothing
 * about a single row. Memory is constant: it depends on the number of bins.
 *
 * @param classes how many the model has
 * @param now milliseconds of a clock that never goes back
 */
export function createGroupOutcomes(
  groups: JointGroups,
  classes: number,
  now: () => number = () => performance.now(),
): GroupOutcomes {
  const features: GroupLayout[] = [];
  let length = 0;
  for (const feature of groups.features) {
    features.push({ ...feature, offset: length, classes });
    length += classes ** 2 * feature.size;
  }
  const totals = new Float64Array(length);
  const windows = createWindows(totals, now);
  return {
    groups,
    features,
    totals,
    add(group, predictedClass, outcome) {
      windows.advance();
      for (const feature of features) {
        const bin = binInGroup(feature, group);
        totals[groupCountIndex(feature, bin, predictedClass, outcome)]++;
      }
    },
    window: (name) => windows.since(name),
  };
}
