import type { Monitor, Observation, VariableLayout } from './monitor.ts';

/** The decisions on the inputs of one feature's bins. */
export type GroupDecisions = {
  readonly variable: VariableLayout;
  /** The counts of one bin's classes, one after another, bin after bin. */
  readonly counts: Float64Array;
};

export type Decisions = {
  readonly groups: readonly GroupDecisions[];
  /** Counts the decision on an input that was observed as said. Allocates nothing. */
  record(observation: Observation): void;
};

/**
 * Counts what was decided for each bin of some features: whether groups of people are treated alike shows without
 * keeping a single value.
 *
 * @param names of features; others are left out
 */
export function countDecisions({ variables, counts }: Monitor, names: readonly string[]): Decisions {
  const classes = counts.classes.length;
  const places = variables.slice(0, -1).flatMap(({ name }, place) => (names.includes(name) ? [place] : []));
  const groups = places.map((place) => ({
    variable: variables[place],
    counts: new Float64Array(classes * variables[place].size),
  }));
  return {
    groups,
    record({ bins, predictedClass }) {
      for (let i = 0; i < places.length; i++) groups[i].counts[classes * bins[places[i]] + predictedClass]++;
    },
  };
}
