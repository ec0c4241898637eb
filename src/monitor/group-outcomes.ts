import { binInGroup, type GroupedFeature, type JointGroups } from './joint-groups.ts';
import { createWindows, type WindowName } from './windows.ts';

/** Where the counts of one protected feature begin, by how many classes: see `groupCountIndex`. */
export type GroupLayout = GroupedFeature & { readonly offset: number; readonly classes: number };

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
   * @param predictedClass its place among the classes, as `outcome` is
   */
  add(group: number, predictedClass: number, outcome: number): void;
  /** Counts of the last 10 minutes, hour or day, laid out as `totals`; of the time since the start if that is less. */
  window(name: WindowName): Float64Array;
};

/** Where outcomes of one bin stand, given what was predicted and what came, each by its place among the classes. */
export function groupCountIndex(
  { offset, classes }: GroupLayout,
  bin: number,
  predictedClass: number,
  outcome: number,
): number {
  return offset + (classes * bin + predictedClass) * classes + outcome;
}

/**
 * Makes the counts of outcomes by bin of protected features. They add up over replicas and time, and tell of no single
 * row. Memory is constant: it depends on the number of bins.
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
