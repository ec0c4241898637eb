/** What is wrong with an artifact, and the path to it. */
export type Fault = { readonly path: readonly (string | number)[]; readonly message: string };

/** A list whose length is not the expected one. */
export function lengthFault(path: Fault['path'], actual: number, expected: number, why: string): Fault[] {
  return actual === expected
    ? []
    : [{ path, message: `has ${actual} entries but needs ${expected}: ${why}` }];
}

/** Effects that are not parallel to the counts of a reference. */
export function effectsFaults(
  path: Fault['path'],
  { counts, effects }: { readonly counts: readonly number[]; readonly effects?: readonly number[] },
): Fault[] {
  return effects === undefined
    ? []
    : lengthFault([...path, 'effects'], effects.length, counts.length, 'one per count');
}
