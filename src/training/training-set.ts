import type { Column } from '../profile/columns.ts';

/** What a model is trained on. */
export type TrainingSet = {
  readonly columns: readonly Column[];
  readonly target: { readonly column: string; readonly positive: string; readonly negative: string };
  /** Parallel to the columns' values; 1 for positive, 0 for negative. */
  readonly outcomes: Uint8Array;
  /** `sha256:` and the hexadecimal digest of the data it was read from. */
  readonly dataDigest: string;
};
