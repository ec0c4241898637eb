/** The classes of a binary output: a score is the probability of the positive one. */
export type BinaryClasses = { readonly negative: string; readonly positive: string };

/** The names of an output's classes. What counts by class, or carries one, does so by its place among these. */
export function classesOf({
  negative,
  positive,
}: BinaryClasses): readonly [negative: string, positive: string] {
  return [negative, positive];
}

/** The place of the class that follows from a score: the positive one from the threshold on. */
export function classOfScore(score: number, threshold: number): number {
  return score >= threshold ? 1 : 0;
}

/** The class that it is if not this one, by its place. */
export function otherClass(place: number): number {
  return 1 - place;
}
