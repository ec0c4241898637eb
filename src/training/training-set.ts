export type NumericColumn = {
  readonly name: string;
  readonly kind: 'numeric';
  /** NaN where the value is missing. At least two different values. */
  readonly values: Float64Array;
};

export type CategoricalColumn = {
  readonly name: string;
  readonly kind: 'categorical';
  readonly values: readonly (string | null)[];
};

export type Column = NumericColumn | CategoricalColumn;

/** What a model is trained on. */
export type TrainingSet = {
  readonly columns: readonly Column[];
  readonly target: { readonly column: string; readonly positive: string; readonly negative: string };
  /** Parallel to the columns' values; 1 for positive, 0 for negative. */
  readonly outcomes: Uint8Array;
  /** `sha256:` and the hexadecimal digest of the data it was read from. */
  readonly dataDigest: string;
};
