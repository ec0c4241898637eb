import type { Monitor, Observation, VariableLayout } from './monitor.ts';

/** The decisions on inputs, by bin of one feature. */
export type GroupDecisions = {
  readonly variable: VariableLayout;
  /** Counts by class within a bin, bin after bin. */
  readonly counts: Float64Array;
};

export type Decisions = {
  readonly groups: readonly GroupDecisions[];
  /** Counts the decision on an input, given how it was observed. Allocates nothing. */
  record(observation: Observation): void;
};

/**
 * Counts the decisions for each bin of some features: this shows whether groups of people are treated alike without
 * storing a single value.
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
