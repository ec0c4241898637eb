/** The classes of a binary output: a score is the probability of the positive one. */
export type BinaryClasses = { readonly negative: string; readonly positive: string };

/**
 * The names of an output's classes. Counts by class, and anything that refers to a class, use its index among these.
 */
export function classesOf({
  negative,
  positive,
}: BinaryClasses): readonly [negative: string, positive: string] {
  return [negative, positive];
}

/** The index of the class that follows from a score: the positive one from the threshold on. */
export function classOfScore(score: number, threshold: number): number {
  return score >= threshold ? 1 : 0;
}

/** The index of the other class. */
export function otherClass(place: number): number {
  return 1 - place;
}
