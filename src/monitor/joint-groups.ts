import type { Artifact } from '../model/artifact.ts';
import { featureBins } from '../model/features.ts';
import { type Bins, binCount } from '../stats/binning.ts';

/** A protected feature by whose bins outcomes are counted. */
export type GroupedFeature = {
  readonly name: string;
  readonly bins: Bins;
  /** The number of its bins. */
  readonly size: number;
  /** Its index among the features of the model. */
  readonly place: number;
  /** By how much the number of the joint group grows from one bin to the next. */
  readonly step: number;
};

/**
 * The groups that the bins of a model's protected features form together, numbered from 0: the bins are the digits of
 * the number, each in the base of its feature's size (mixed radix).
 */
export type JointGroups = {
  readonly features: readonly GroupedFeature[];
  /** Protected features that did not fit: with them there would be more groups than can be numbered. */
  readonly leftOut: readonly string[];
  /** The number of the group that an input is in, given the bin of each of the model's features. Allocates nothing. */
  numberOf(bins: ArrayLike<number>): number;
};

/**
 * Numbers the groups of a model. Features are taken in the order of `protected`; one that does not fit is skipped, and
 * later ones may still fit. The same artifact always gives the same numbers, because ids issued months ago contain
 * them.
 *
 * @param maxGroups how many groups there may be
 */
export function createJointGroups(
  { features, protected: names }: Pick<Artifact, 'features' | 'protected'>,
  maxGroups: number,
): JointGroups {
  const grouped: GroupedFeature[] = [];
  const leftOut: string[] = [];
  let groups = 1;
  for (const name of new Set(names)) {
    const place = features.findIndex((feature) => feature.name === name);
    const bins = featureBins(features[place]);
    const size = binCount(bins);
    if (groups * size > maxGroups) {
      leftOut.push(name);
      continue;
    }
    grouped.push({ name, bins, size, place, step: groups });
    groups *= size;
  }
  return {
    features: grouped,
    leftOut,
    numberOf(bins) {
      let number = 0;
      for (let i = 0; i < grouped.length; i++) number += bins[grouped[i].place] * grouped[i].step;
      return number;
    },
  };
}

/** The bin of one feature in the group of this number. */
export function binInGroup({ step, size }: GroupedFeature, group: number): number {
  return Math.floor(group / step) % size;
}
